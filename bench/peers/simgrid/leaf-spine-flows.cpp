// A flow list over a leaf-spine fabric under SimGrid's flow models, through its public S4U interface.
//
//   leaf-spine-flows FLOWS.csv OUT.csv LEAVES HOSTS_PER_LEAF SPINES LATENCY_S MODEL UPDATE
//
// FLOWS.csv  columns id,start_ns,src,dst,bytes; hosts by number, ascending starts
// OUT.csv    columns id,finish_s
// MODEL      max-min: capacities shared fairly, nothing else (for latency 0)
//            cm02, lv08: SimGrid's models of these names with their own parameters
// UPDATE     Full or Lazy: how SimGrid keeps its solution up to date
//
// Host links have 100 Gbit/s, those between leaves and spines 400 Gbit/s, each LATENCY_S, both directions apart. Of an
// ordered pair of hosts the spine is SplitMix64's of the two. One line of JSON tells user seconds of the event loop, of
// everything, and the library's version.
#include <simgrid/s4u.hpp>
#include <simgrid/version.h>

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace s4u = simgrid::s4u;

namespace {

constexpr double kHostBytesPerSecond = 100e9 / 8;
constexpr double kFabricBytesPerSecond = 400e9 / 8;

struct Flow {
  long id;
  double start;
  int source;
  int destination;
  double bytes;
};

struct Shape {
  int leaves;
  int hosts_per_leaf;
  int spines;
  double latency;
};

std::vector<Flow> read_flows(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Flow> flows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    Flow flow{};
    if (std::sscanf(line.c_str(), "%ld,%lf,%d,%d,%lf", &flow.id, &flow.start, &flow.source, &flow.destination,
                    &flow.bytes) != 5)
      throw std::runtime_error(path + ": expected id,start_ns,src,dst,bytes, got \"" + line + '"');
    flow.start /= 1e9;
    flows.push_back(flow);
  }
  return flows;
}

// One step of the generator of Steele, Lea and Flood, OOPSLA 2014.
int spine_of(int source, int destination, int spines) {
  uint64_t x = (static_cast<uint64_t>(source) << 32) | static_cast<uint64_t>(destination);
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return static_cast<int>((x ^ (x >> 31)) % static_cast<uint64_t>(spines));
}

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

void configure(const std::string& model, const std::string& update) {
  // at its default precision SimGrid completes flows that are nearly through; with cross traffic a finer one than this
  // makes SimGrid 3.32 look for a constraint that is not there, and end
  s4u::Engine::set_config(model == "lv08" ? "maxmin/precision:1e-9" : "maxmin/precision:1e-12");
  s4u::Engine::set_config("surf/precision:1e-12");
  s4u::Engine::set_config("network/optim:" + update);
  if (model == "lv08") {
    s4u::Engine::set_config("network/model:LV08");
    return;
  }
  s4u::Engine::set_config("network/model:CM02");
  s4u::Engine::set_config("network/crosstraffic:no");
  if (model == "cm02") return;
  if (model != "max-min") throw std::runtime_error("MODEL is " + model + "; expected max-min, cm02 or lv08");
  s4u::Engine::set_config("network/latency-factor:1");
  s4u::Engine::set_config("network/bandwidth-factor:1");
}

// Directed links: up from every host, down to it; from every leaf to every spine and back.
class Fabric {
 public:
  explicit Fabric(const Shape& shape) : shape_(shape), zone_(s4u::create_full_zone("fabric")) {
    const int hosts = shape.leaves * shape.hosts_per_leaf;
    for (int host = 0; host < hosts; host++) {
      const std::string name = std::to_string(host);
      hosts_.push_back(zone_->create_host("h" + name, 1e9));
      up_.push_back(link("up-" + name, kHostBytesPerSecond));
      down_.push_back(link("down-" + name, kHostBytesPerSecond));
    }
    for (int leaf = 0; leaf < shape.leaves; leaf++) {
      for (int spine = 0; spine < shape.spines; spine++) {
        const std::string name = std::to_string(leaf) + '-' + std::to_string(spine);
        to_spine_.push_back(link("to-spine-" + name, kFabricBytesPerSecond));
        to_leaf_.push_back(link("to-leaf-" + name, kFabricBytesPerSecond));
      }
    }
  }

  // Routes of both directions: cross traffic goes back by the reverse pair's own.
  void route(const std::vector<Flow>& flows) {
    std::vector<bool> done(hosts_.size() * hosts_.size(), false);
    for (const Flow& flow : flows) {
      add(flow.source, flow.destination, done);
      add(flow.destination, flow.source, done);
    }
    zone_->seal();
  }

  s4u::Host* host(int index) const { return hosts_[index]; }

 private:
  s4u::Link* link(const std::string& name, double bytes_per_second) {
    return zone_->create_link(name, bytes_per_second)->set_latency(shape_.latency)->seal();
  }

  void add(int source, int destination, std::vector<bool>& done) {
    const size_t pair = source * hosts_.size() + destination;
    if (done[pair]) return;
    done[pair] = true;
    const int from = source / shape_.hosts_per_leaf;
    const int to = destination / shape_.hosts_per_leaf;
    std::vector<s4u::LinkInRoute> links{s4u::LinkInRoute(up_[source])};
    if (from != to) {
      const int spine = spine_of(source, destination, shape_.spines);
      links.emplace_back(to_spine_[from * shape_.spines + spine]);
      links.emplace_back(to_leaf_[to * shape_.spines + spine]);
    }
    links.emplace_back(down_[destination]);
    zone_->add_route(hosts_[source]->get_netpoint(), hosts_[destination]->get_netpoint(), nullptr, nullptr, links,
                     false);
  }

  Shape shape_;
  s4u::NetZone* zone_;
  std::vector<s4u::Host*> hosts_;
  std::vector<s4u::Link*> up_;
  std::vector<s4u::Link*> down_;
  std::vector<s4u::Link*> to_spine_;
  std::vector<s4u::Link*> to_leaf_;
};

std::vector<double> run(s4u::Engine& engine, const Fabric& fabric, const std::vector<Flow>& flows) {
  std::vector<double> finish(flows.size(), -1);
  s4u::Actor::create("sender", fabric.host(0), [&] {
    std::vector<s4u::CommPtr> comms;
    comms.reserve(flows.size());
    for (const Flow& flow : flows) {
      s4u::this_actor::sleep_until(flow.start);
      comms.push_back(s4u::Comm::sendto_async(fabric.host(flow.source), fabric.host(flow.destination),
                                              static_cast<uint64_t>(flow.bytes)));
    }
    for (size_t i = 0; i < comms.size(); i++) {
      comms[i]->wait();
      finish[i] = comms[i]->get_finish_time();
    }
  });
  engine.run();
  return finish;
}

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  if (argc != 9) {
    std::fprintf(stderr, "usage: %s FLOWS.csv OUT.csv LEAVES HOSTS_PER_LEAF SPINES LATENCY_S MODEL UPDATE\n", argv[0]);
    return 2;
  }
  try {
    configure(argv[7], argv[8]);
    const std::vector<Flow> flows = read_flows(argv[1]);
    Fabric fabric({std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]), std::atof(argv[6])});
    fabric.route(flows);
    const double before = user_seconds();
    const std::vector<double> finish = run(engine, fabric, flows);
    const double loop = user_seconds() - before;
    std::FILE* out = std::fopen(argv[2], "w");
    if (out == nullptr) throw std::runtime_error(std::string("cannot write ") + argv[2]);
    std::fprintf(out, "id,finish_s\n");
    for (size_t i = 0; i < flows.size(); i++) std::fprintf(out, "%ld,%.17g\n", flows[i].id, finish[i]);
    std::fclose(out);
    std::printf("{\"version\":\"%d.%d\",\"cpuSeconds\":%.6f,\"cpuSecondsAll\":%.6f}\n", SIMGRID_VERSION_MAJOR,
                SIMGRID_VERSION_MINOR, loop, user_seconds());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
