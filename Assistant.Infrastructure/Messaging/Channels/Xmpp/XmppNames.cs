using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>The namespaces spoken here, each with the document that defines it.</summary>
internal static class XmppNames
{
    // RFC 6120 and 6121.
    public static readonly XNamespace Client = "jabber:client";
    public static readonly XNamespace Streams = "http://etherx.jabber.org/streams";
    public static readonly XNamespace Tls = "urn:ietf:params:xml:ns:xmpp-tls";
    public static readonly XNamespace Sasl = "urn:ietf:params:xml:ns:xmpp-sasl";
    public static readonly XNamespace Bind = "urn:ietf:params:xml:ns:xmpp-bind";
    public static readonly XNamespace StanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas";

    public static readonly XNamespace Form = "jabber:x:data";                              // XEP-0004
    public static readonly XNamespace DiscoInfo = "http://jabber.org/protocol/disco#info"; // XEP-0030
    public static readonly XNamespace DiscoItems = "http://jabber.org/protocol/disco#items";
    public static readonly XNamespace Muc = "http://jabber.org/protocol/muc";              // XEP-0045
    public static readonly XNamespace MucUser = "http://jabber.org/protocol/muc#user";
    public static readonly XNamespace MucOwner = "http://jabber.org/protocol/muc#owner";
    public static readonly XNamespace ResultSet = "http://jabber.org/protocol/rsm";        // XEP-0059
    public static readonly XNamespace OutOfBand = "jabber:x:oob";                          // XEP-0066
    public static readonly XNamespace ChatStates = "http://jabber.org/protocol/chatstates"; // XEP-0085
    public static readonly XNamespace Capabilities = "http://jabber.org/protocol/caps";    // XEP-0115
    public static readonly XNamespace Management = "urn:xmpp:sm:3";                        // XEP-0198
    public static readonly XNamespace Ping = "urn:xmpp:ping";                              // XEP-0199
    public static readonly XNamespace Delay = "urn:xmpp:delay";                            // XEP-0203
    public static readonly XNamespace Conference = "jabber:x:conference";                  // XEP-0249
    public static readonly XNamespace Forward = "urn:xmpp:forward:0";                      // XEP-0297
    public static readonly XNamespace Correct = "urn:xmpp:message-correct:0";              // XEP-0308
    public static readonly XNamespace Archive = "urn:xmpp:mam:2";                          // XEP-0313
    public static readonly XNamespace Hints = "urn:xmpp:hints";                            // XEP-0334
    public static readonly XNamespace StanzaIds = "urn:xmpp:sid:0";                        // XEP-0359
    public static readonly XNamespace Reference = "urn:xmpp:reference:0";                  // XEP-0372
    public static readonly XNamespace Upload = "urn:xmpp:http:upload:0";                   // XEP-0363
    public static readonly XNamespace Omemo = "eu.siacs.conversations.axolotl";            // XEP-0384 before 0.4
    public static readonly XNamespace Omemo2 = "urn:xmpp:omemo:2";                         // XEP-0384
    public static readonly XNamespace OccupantId = "urn:xmpp:occupant-id:0";               // XEP-0421
    public static readonly XNamespace Fasten = "urn:xmpp:fasten:0";                        // XEP-0422
    public static readonly XNamespace Retract = "urn:xmpp:message-retract:1";              // XEP-0424
    public static readonly XNamespace RetractOld = "urn:xmpp:message-retract:0";           // XEP-0424 before 0.4
    public static readonly XNamespace Fallback = "urn:xmpp:fallback:0";                    // XEP-0428
    public static readonly XNamespace Reactions = "urn:xmpp:reactions:0";                  // XEP-0444
    public static readonly XNamespace Reply = "urn:xmpp:reply:0";                          // XEP-0461

    public static readonly XName Message = Client + "message";
    public static readonly XName Presence = Client + "presence";
    public static readonly XName Iq = Client + "iq";

    public static bool IsStanza(this XElement element) => element.Name == Message || element.Name == Presence || element.Name == Iq;

    /// <summary>The value of an attribute, or <see langword="null"/>.</summary>
    public static string? Get(this XElement element, string attribute) => element.Attribute(attribute)?.Value;

    /// <summary>A new stanza's id; nobody else can guess it.</summary>
    public static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12));
}
