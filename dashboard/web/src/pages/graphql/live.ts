/** Subscriptions over a WebSocket, in the protocol graphql-transport-ws. */

import { parseExact } from '../../value/exact'
import { jsonText } from '../../value/written'
import { addressOf } from '../unis/api'
import type { Caller, Operation } from './api'

export interface Listener {
  /** The server takes it; what happens from now on will be told. */
  onOpen: () => void
  /** One GraphQL result, as JSON text. */
  onNext: (text: string) => void
  /** It has ended: an empty reason says as it should. */
  onEnd: (reason: string) => void
}

/** What a message of the protocol says. */
export interface Message {
  type: string
  id?: string
  payload?: unknown
}

/** The URL of a caller's WebSocket on the server of this page. */
export function socketOf({ place, path, key }: Caller, { protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  const scheme = protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${host}${key === undefined ? `/ui/api/${addressOf('graphql', place)}` : path}`
}

/** Starts a subscription and returns what stops it. */
export function follow(caller: Caller, operation: Operation, listener: Listener): () => void {
  const socket = new WebSocket(socketOf(caller, location), 'graphql-transport-ws')
  let over = false
  const end = (reason: string) => {
    if (over) return
    over = true
    listener.onEnd(reason)
    socket.close()
  }
  const send = (message: Message) => socket.send(jsonText(message))
  socket.onopen = () => send({ type: 'connection_init', ...(caller.key === undefined ? {} : { payload: { apiKey: caller.key } }) })
  socket.onmessage = (event: MessageEvent<string>) => {
    const message = parseExact(event.data) as Message
    switch (message.type) {
      case 'connection_ack':
        send({ type: 'subscribe', id: '1', payload: operation })
        listener.onOpen()
        break
      case 'ping':
        send({ type: 'pong' })
        break
      case 'next':
        listener.onNext(jsonText(message.payload))
        break
      case 'error':
        end(reasonsIn(message.payload))
        break
      case 'complete':
        end('')
    }
  }
  socket.onclose = ({ code, reason }) => end(closed(code, reason))
  return () => {
    if (socket.readyState === WebSocket.OPEN) send({ type: 'complete', id: '1' })
    end('')
  }
}

/** The messages of GraphQL errors. */
export function reasonsIn(payload: unknown): string {
  const errors = Array.isArray(payload) ? payload : []
  const said = errors.map((e: { message?: unknown }) => (typeof e?.message === 'string' ? e.message : '')).filter(Boolean)
  return said.join(' ') || 'The server ended it without saying why.'
}

/** What the end of a connection means (docs/unis.md). */
export function closed(code: number, reason: string): string {
  switch (code) {
    case 1000:
      return ''
    case 1001:
      return 'The server is shutting down.'
    case 1006:
      return 'The connection was refused or cut.'
    case 4403:
      return reason === 'Signed out' ? 'The session has ended.' : 'The credential does not open this node.'
    default:
      return `${reason || 'The connection was closed'} (${code}).`
  }
}
