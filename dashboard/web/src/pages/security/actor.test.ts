import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { actingIn, actorOf, actorTold, keyPick, partOf, pickTold, tokenPick, type Acting } from './actor'

describe('in a URL and back', () => {
  test.each<[string, Acting]>([
    ['role clerk', { kind: 'role', name: 'clerk' }],
    ['document clerks/1', { kind: 'document', name: 'clerks/1' }],
    ['built-in server', { kind: 'built-in', name: 'server' }],
    ['key 12 as role night shift', { kind: 'key', name: '12', as: { kind: 'role', name: 'night shift' } }],
    ['token 7 as document clerks/1', { kind: 'token', name: '7', as: { kind: 'document', name: 'clerks/1' } }],
  ])('%s', (part, acting) => {
    expect(actingIn(part)).toEqual(acting)
    expect(partOf(acting)).toBe(part)
  })

  test.each(['', 'secret fnA', 'key 12', 'key 12 as', 'key 12 as secret x', 'key 12 as key 13 as role a', 'role ', undefined, 7])('%s is nobody', (part) => expect(actingIn(part)).toBeUndefined())

  test.each<Acting>([{ kind: 'secret', name: 'fnAxyz' }, { kind: 'key', name: '12' }, { kind: 'role', name: '' }])('$kind $name is not told', (acting) => expect(partOf(acting)).toBeUndefined())
})

test.each<[Acting, object, string]>([
  [{ kind: 'role', name: 'clerk' }, { role: 'clerk' }, 'role clerk'],
  [{ kind: 'document', name: ' clerks/1 ' }, { document: 'clerks/1' }, 'document  clerks/1 '],
  [{ kind: 'built-in', name: 'client' }, { builtIn: 'client' }, 'client'],
  [{ kind: 'secret', name: ' fnA ' }, { secret: 'fnA' }, 'another secret'],
  [{ kind: 'key', name: '12', as: { kind: 'role', name: 'clerk' } }, { role: 'clerk' }, 'key 12, role clerk'],
  [{ kind: 'token', name: '7', as: { kind: 'document', name: 'clerks/1' } }, { document: 'clerks/1' }, 'token 7, document clerks/1'],
])('%o as the server takes it', (acting, actor, told) => {
  expect(actorOf(acting)).toEqual(actor)
  expect(actorTold(acting)).toBe(told)
})

const ref = (id: string, ...path: string[]): string => `{"@ref":{"id":"${id}"${path.length > 0 ? `,"collection":${ref(path[0]!, ...path.slice(1))}` : ''}}}`
const key = (rest: string) => parseValue(`{"ref":${ref('12', 'keys')},"ts":1,${rest}}`)

test.each([
  ['"role":"server"', '12', 'server · 12'],
  ['"role":"client","data":{"name":"web"}', '12', 'web · client · 12'],
  [`"role":${ref('clerk', 'roles')}`, '12', 'role clerk · 12'],
  [`"role":[${ref('clerk', 'roles')}]`, '12', 'role clerk · 12'],
  [`"role":[${ref('clerk', 'roles')},${ref('boss', 'roles')}]`, '12', 'roles clerk, boss: use its secret · 12'],
  [`"role":"admin","database":${ref('eu', 'databases')}`, '12', 'opens the database eu · 12'],
])('a key of %s', (rest, id, told) => {
  const pick = keyPick(key(rest))
  expect([pick.id, pickTold(pick), pick.as === undefined]).toEqual([id, told, pick.why !== undefined])
})

test('a token acts as its document', () => {
  expect(tokenPick(parseValue(`{"ref":${ref('7', 'tokens')},"ts":1,"instance":${ref('1', 'clerks', 'collections')}}`))).toEqual({ id: '7', name: '', as: { kind: 'document', name: 'clerks/1' } })
  expect(tokenPick(parseValue(`{"ref":${ref('7', 'tokens')},"ts":1}`)).as).toBeUndefined()
})
