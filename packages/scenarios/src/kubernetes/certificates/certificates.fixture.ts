/** Certificates that OpenSSL made for these tests; nobody has their keys. */

/** From 2026-01-01 up to 2026-04-01T12:00Z: shop.example.com, *.Api.example.com, 203.0.113.9, 2001:db8::9. */
export const SHOP = `-----BEGIN CERTIFICATE-----
MIIBjTCCATSgAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBzaG9wLmV4
YW1wbGUuY29tMB4XDTI2MDEwMTAwMDAwMFoXDTI2MDQwMTEyMDAwMFowGzEZMBcG
A1UEAwwQc2hvcC5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BMEB8I0l7fjKQn1RCqt7+HUjub6nRSgAlfn3aksC3QiPkl5Ji3pufdyr/gbraIQK
14RFWPtMBAVrFgymHbBef9GjaTBnMEYGA1UdEQQ/MD2CEHNob3AuZXhhbXBsZS5j
b22CESouQXBpLmV4YW1wbGUuY29thwTLAHEJhxAgAQ24AAAAAAAAAAAAAAAJMB0G
A1UdDgQWBBQFug/HN3XiWlfyo4t7z9Hi++z0fzAKBggqhkjOPQQDAgNHADBEAiB8
A2DwKahBliW7Ds0q1wEeE17a/LqtmfTXGWxlVtMmagIgJoez03MO1w+TDOy86mgL
dS871yvYOpwNB+VaWC03zNE=
-----END CERTIFICATE-----
`

/** From 2025-06-01 up to 2025-12-01: *.example.com. */
export const WILD = `-----BEGIN CERTIFICATE-----
MIIBQTCB6KADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXgwHhcNMjUw
NjAxMDAwMDAwWhcNMjUxMjAxMDAwMDAwWjAMMQowCAYDVQQDDAF4MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEndaKaOKHgCGdQUAcUGM9hEHWse52ZlFbiuyntpBX
XPij37EWr/sWN4M4UIsg+/xSnRfn6dzyEd/HcrUSggbBm6M7MDkwGAYDVR0RBBEw
D4INKi5leGFtcGxlLmNvbTAdBgNVHQ4EFgQUKvMI1JFDASPlZPmC+MtHMYmhih8w
CgYIKoZIzj0EAwIDSAAwRQIgX/UYCfDhfjOMcNHS2vlvb0Jct/fLDYLRP/d3aXrc
mRICIQCEzmVS8/Z1PKdXJ/SdcDMHjgQq04/WDmhJZXSn0QZruQ==
-----END CERTIFICATE-----
`

/** From 1999-12-31T23:59:59Z up to 2060-01-01, a certificate of version 1, without extensions. */
export const OLD = `-----BEGIN CERTIFICATE-----
MIIBHjCBxAIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9vbGQuZXhhbXBsZS5j
b20wIBcNOTkxMjMxMjM1OTU5WhgPMjA2MDAxMDEwMDAwMDBaMBoxGDAWBgNVBAMM
D29sZC5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCvVlYiJ
YvCAQ47/1wXeml/XcUxIIgrgPtQ5H2bNFulEChCoHQeC5recXnVNe3Dm7Dp7o5H9
CLswGVb9Hl9lKX4wCgYIKoZIzj0EAwIDSQAwRgIhAOZahC10Zhj7J/x4k4oAPx+Y
1WIk65mXURkXfXlOGdNGAiEAzLgINpPttw8zq44VL2JX/Nyo1lOa8bcOW8g6hXMH
wZQ=
-----END CERTIFICATE-----
`

/** A manifest of it, as `kubectl get -o yaml` prints it. */
export const tlsSecret = (name: string, pem: string, annotations = ''): string => `
---
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }
data:
  tls.crt: ${btoa(pem)}
  tls.key: ${btoa('the key, which nobody shows')}
`
