import fc from 'fast-check'

// A gate must say the same of the same tree: there, properties draw from one seed. Anywhere else every run draws its own.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['WEFT_PROPERTY_SEED']) })
