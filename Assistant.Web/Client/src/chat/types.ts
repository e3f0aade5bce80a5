// The shapes of IChatClient.cs.

export interface Config {
  connection: string;
  hub: string;
  maxText: number;
  quickReplies: string[];
  isSealed: boolean;
  compare: string;
  parent: string | null;
}

export interface Button {
  label: string;
  data: string;
}

export interface Message {
  seq: number;
  author: 'you' | 'assistant' | 'person' | 'system';
  name: string;
  text: string;
  html: string;
  at: string;
  clientId: string | null;
  turnId: string | null;
  editedAt: string | null;
  isDeleted: boolean;
  buttons: Button[];
  isForgotten: boolean;
}

export interface Progress {
  turnId: string;
  html: string;
}

export interface Typing {
  author: 'assistant' | 'person';
  name: string;
  isTyping: boolean;
}

export interface State {
  answeredBy: 'assistant' | 'person';
  name: string;
  isWaiting: boolean;
  isClosed: boolean;
}

export interface CaughtUp {
  messages: Message[];
  replaces: boolean;
  hasEarlier: boolean;
  retryAfterMs: number;
  /** Where `Earlier` goes on. */
  from: number;
}

export interface JoinRequest {
  connection: string;
  token: string | null;
  pass: string | null;
  /** A word of this device's own beside the pass: it comes in by it again when it did not hear the answer. */
  device: string | null;
  visitor: string | null;
  lastSeq: number;
  readSeq: number;
  language: string;
}

export interface JoinResult {
  status: 'ok' | 'closed' | 'refused' | 'sealed' | 'busy';
  token: string | null;
  visitor: string | null;
  state: State;
  devices: number;
  readSeq: number;
  missed: CaughtUp;
  isForgotten: boolean;
  /** The link it came by was used or is too old: it is somebody new. */
  isPassRefused: boolean;
}

export interface SendResult {
  status: 'stored' | 'slow' | 'long' | 'bad' | 'closed';
  retryAfterMs: number;
}

/** A message of ours the server has not shown back yet. */
export interface Pending {
  id: string;
  text: string;
  at: string;
  state: 'waiting' | 'stored' | 'failed';
  isLong?: boolean;
  /** The newest message when it was sent. What is stored may never be shown back: who is not let in yet is heard and not recorded. */
  after?: number;
}
