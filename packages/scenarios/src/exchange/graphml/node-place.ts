import { placeOf } from '../geography.ts'
import type { Place } from '../network.ts'
import type { NotedElement, Notes } from '../notes.ts'
import type { Data } from './data.ts'

/** Where the node is, by the keys Latitude and Longitude. */
export function nodePlace(data: Data, element: NotedElement, notes: Notes): Place | undefined {
  const latitude = data.take('Latitude')
  const longitude = data.take('Longitude')
  if (latitude === undefined || longitude === undefined) return undefined
  const place = placeOf(Number(latitude.value), Number(longitude.value))
  if (place === undefined)
    notes.add(
      'node',
      element,
      `${latitude.value}, ${longitude.value} are no coordinates in degrees`,
      'left out',
    )
  return place
}
