/**
 * Messages of RFC 4475 (SIP torture tests), under the names that document gives them, and what a server must make of each.
 * `\n` stands for CRLF, so that the messages can be read as they are printed there.
 */

export interface TortureMessage {
  readonly name: string;
  readonly why: string;
  readonly text: string;
  /** What the parser has to find; `refused` = the message must not pass as a good one. */
  readonly expect: 'refused' | Readonly<Partial<Found>>;
}

export interface Found {
  method: string;
  status: number;
  callId: string;
  cseq: number;
  toUser: string;
  toTag: string;
  fromUser: string;
  fromTag: string;
  vias: number;
  branch: string;
  body: string;
}

const sdp = `v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
`;

const options = (changed: { via?: string; from?: string; to?: string; more?: string; line?: string }): string =>
  `${changed.line ?? 'OPTIONS sip:user@example.com SIP/2.0'}
To: ${changed.to ?? 'sip:user@example.com'}
From: ${changed.from ?? 'sip:caller@example.org;tag=33242'}
Max-Forwards: 3
Via: ${changed.via ?? 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw'}
Call-ID: torture.sdf0234n2nds0a099u23h3hnnw009cdkne3
CSeq: 8 OPTIONS
${changed.more ?? 'l: 0'}

`;

export const tortureMessages: readonly TortureMessage[] = [
  {
    name: 'wsinv',
    why: 'folded lines, spaces around every separator, compact names, three Vias in two headers',
    text: `INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : 150
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

${sdp}`,
    expect: {
      method: 'INVITE',
      callId: 'wsinv.ndaksdj@192.0.2.1',
      cseq: 9,
      toUser: 'vivekg',
      toTag: '1918181833n',
      fromUser: 'jdrosen',
      fromTag: '98asjd8',
      vias: 3,
      branch: '390skdjuw',
    },
  },
  {
    name: 'intmeth',
    why: 'every character that may stand in a method, a tag and a user part',
    text: `!interesting-Method0123456789_*+\`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0
Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+\`'~
To: "BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~\` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="работающий";tag=_token~1'+\`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word\`~)(><:\\/"][?}{
CSeq: 139122385 !interesting-Method0123456789_*+\`.%indeed'~
Max-Forwards: 255
extensionHeader-!.%*+_\`'~: 大停電
Content-Length: 0

`,
    expect: {
      method: "!interesting-Method0123456789_*+`.%indeed'~",
      cseq: 139122385,
      toUser: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      fromUser: 'mundane',
      fromTag: "_token~1'+`*%!-.",
      vias: 1,
    },
  },
  {
    name: 'esc01',
    why: 'escaped characters in user parts',
    text: `INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0
To: sip:%75se%72@example.com
From: <sip:I%20have%20spaces@example.net>;tag=938
Max-Forwards: 87
i: esc01.239409asdfakjkn23onasd0-3234
CSeq: 234234 INVITE
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw
C: application/sdp
Contact:
  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>
Content-Length: 150

${sdp}`,
    expect: { toUser: 'user', fromUser: 'I have spaces', cseq: 234234, callId: 'esc01.239409asdfakjkn23onasd0-3234' },
  },
  {
    name: 'escnull',
    why: 'escaped NUL octets in user parts',
    text: options({ to: 'sip:null-%00-null@example.com', from: 'sip:null-%00-null@example.com;tag=839923423' }),
    expect: { toUser: 'null-\0-null', fromUser: 'null-\0-null', fromTag: '839923423' },
  },
  {
    name: 'lwsdisp',
    why: 'no space between the display name and <',
    text: options({ from: 'caller<sip:caller@example.com>;tag=323' }),
    expect: { fromUser: 'caller', fromTag: '323' },
  },
  {
    name: 'longreq',
    why: 'very long values in ordinary headers',
    text: options({
      to: `"I have a user name of ${'extreme'.repeat(60)} proportion"<sip:user@example.com:6000;unknownparam1=${'very'.repeat(80)}long>`,
      from: `sip:${'amazinglylongcallername'.repeat(40)}@example.net;tag=12${'982'.repeat(140)}424`,
      more: `${Array.from({ length: 20 }, (_, i) => `v: SIP/2.0/TCP sip${i}.example.com;branch=z9hG4bK${'long'.repeat(40)}`).join('\n')}\nl: 0`,
    }),
    expect: { toUser: 'user', fromUser: 'amazinglylongcallername'.repeat(40), vias: 21 },
  },
  {
    name: 'dblreq',
    why: 'a second request in the same datagram is not part of the first',
    text: `${options({})}INVITE sip:joe@example.com SIP/2.0
t: sip:joe@example.com
From: sip:caller@example.net;tag=141334
CSeq: 8 INVITE

`,
    expect: { method: 'OPTIONS', cseq: 8, body: '' },
  },
  {
    name: 'semiuri',
    why: 'semicolons inside the user part are not parameters',
    text: options({ to: '<sip:user;par=u%40example.net@example.com>' }),
    expect: { toUser: 'user;par=u@example.net' },
  },
  {
    name: 'noreason',
    why: 'a response with an empty reason phrase',
    text: options({ line: 'SIP/2.0 100 ' }),
    expect: { status: 100, cseq: 8 },
  },
  {
    name: 'badinv01',
    why: 'extra separators in Via and Contact',
    text: options({ via: 'SIP/2.0/UDP 192.0.2.15;;,;,,' }),
    expect: 'refused',
  },
  {
    name: 'clerr',
    why: 'Content-Length larger than the datagram',
    text: options({ more: `Content-Type: application/sdp\nContent-Length: 9999` }) + sdp,
    expect: 'refused',
  },
  { name: 'ncl', why: 'negative Content-Length', text: options({ more: 'Content-Length: -999' }), expect: 'refused' },
  {
    name: 'scalar02',
    why: 'a CSeq number beyond 32 bits',
    text: options({}).replace('8 OPTIONS', '36893488147419103232 OPTIONS'),
    expect: 'refused',
  },
  {
    name: 'quotbal',
    why: 'a quoted display name that never ends',
    text: options({ to: '"Mr. J. User <sip:j.user@example.com>' }),
    expect: 'refused',
  },
  {
    name: 'ltgtruri',
    why: 'angle brackets around the request URI',
    text: options({ line: 'OPTIONS <sip:user@example.com> SIP/2.0' }),
    expect: 'refused',
  },
  {
    name: 'lwsruri',
    why: 'white space inside the request URI',
    text: options({ line: 'OPTIONS sip:user@example.com; lr SIP/2.0' }),
    expect: 'refused',
  },
  {
    name: 'mismatch01',
    why: 'the method in CSeq is another one',
    text: options({}).replace('8 OPTIONS', '8 INVITE'),
    expect: 'refused',
  },
  {
    name: 'insuf',
    why: 'no From, To or Call-ID',
    text: `INVITE sip:user@example.com SIP/2.0
CSeq: 193942 INVITE
Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf
Content-Length: 0

`,
    expect: 'refused',
  },
  {
    name: 'multi01',
    why: 'two different values in headers that may stand once',
    text: options({
      more: 'From: sip:other@example.net;tag=3413415\nTo: sip:third@example.net\nCSeq: 9 OPTIONS\nl: 0',
    }),
    expect: 'refused',
  },
  {
    name: 'mcl01',
    why: 'two Content-Lengths that disagree',
    text: options({ more: 'Content-Length: 13\nContent-Length: 5' }) + sdp,
    expect: 'refused',
  },
];

/** The message as it stands on the wire. */
export const wire = (message: Pick<TortureMessage, 'text'>): Buffer =>
  Buffer.from(message.text.replaceAll('\n', '\r\n'), 'utf8');
