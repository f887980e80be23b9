import { z } from 'zod'
import { portNameRefusal, portNumberRefusal } from '../api-names.ts'
import { checked, textOf } from '../api-schema.ts'
import { intOrText } from './fields.ts'

/** TCP where none is written. */
export const protocol = () => z.enum(['TCP', 'UDP', 'SCTP'])

/** 1 to 65535. */
export const portNumber = () => checked(z.int(), portNumberRefusal)

/** A container port's name: `http`. */
export const portName = () => textOf((name) => (name === '' ? undefined : portNameRefusal(name)))

/** A port by its number, or by its name as text. */
export const portNumberOrName = () =>
  checked(intOrText(), (port) => {
    if (typeof port === 'string') return portNameRefusal(port)
    return Number.isInteger(port) ? portNumberRefusal(port) : `${port} is not a whole number`
  })
