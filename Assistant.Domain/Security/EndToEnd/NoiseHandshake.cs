// How two sides that have never met agree on keys: the XX pattern of the Noise Protocol Framework, revision 34
// (https://noiseprotocol.org/noise.html, section 7.5), with X25519, AES-256-GCM and SHA-256.
//
//   -> e                  a new key of the side that begins
//   <- e, ee, s, es       a new key of the other, and who it is, encrypted
//   -> s, se              who the first is, encrypted
//
// Each line is keyed by two keys made for it and thrown away (ee), so a stolen identity key opens no recorded line; and by both
// identities (es, se), so nobody can stand in for either. Everything said goes into a hash that every encryption is bound to.
// The first side knows who answers before it says who it is. Rejected: TLS inside the line (a certificate for what is only a key),
// a handshake of our own.
namespace Assistant.Domain.Security.EndToEnd;

/// <summary>One side of a handshake. For one thread at a time; of no use after a <see cref="LineBrokenException"/>.</summary>
public sealed class NoiseHandshake : IDisposable
{
    private const string Protocol = "Noise_XX_25519_AESGCM_SHA256";

    private static readonly Token[][] Pattern = [[Token.E], [Token.E, Token.EE, Token.S, Token.ES], [Token.S, Token.SE]];

    private readonly SymmetricState _state = new(Protocol);
    private readonly IKeyAgreement _agreement;
    private readonly KeyPair _identity;
    private readonly KeyPair _ephemeral;
    private readonly bool _begins;
    private byte[]? _theirEphemeral;
    private byte[]? _theirIdentity;
    private int _step;

    /// <param name="begins">Whether this side says the first message.</param>
    /// <param name="prologue">What both sides know before: when they differ, the handshake fails.</param>
    public NoiseHandshake(IKeyAgreement agreement, KeyPair identity, bool begins, ReadOnlySpan<byte> prologue)
        : this(agreement, identity, (agreement ?? throw new ArgumentNullException(nameof(agreement))).Create(), begins, prologue)
    {
    }

    /// <summary>With a given key instead of a new one: for known answers only.</summary>
    internal NoiseHandshake(IKeyAgreement agreement, KeyPair identity, KeyPair ephemeral, bool begins, ReadOnlySpan<byte> prologue)
    {
        (_agreement, _identity, _ephemeral, _begins) = (agreement, identity, ephemeral, begins);
        _state.MixHash(prologue);
    }

    private enum Token { E, S, EE, ES, SE }

    /// <summary>Whether all three messages were said.</summary>
    public bool IsComplete => _step == Pattern.Length;

    /// <summary>The other side's identity key. Known to the first side after the second message, to the other after the third.</summary>
    public ReadOnlyMemory<byte> TheirIdentity => _theirIdentity ?? throw new InvalidOperationException("The other side has not said who it is.");

    /// <summary>Hash over the handshake, the same on both sides of one line and on no other.</summary>
    public ReadOnlyMemory<byte> Hash => _state.Hash;

    /// <summary>This side's next message.</summary>
    /// <param name="payload">Goes along; encrypted in the second message and the third.</param>
    public byte[] Write(ReadOnlySpan<byte> payload)
    {
        Expect(isOurs: true);
        var message = new List<byte>();
        foreach (var token in Pattern[_step])
        {
            switch (token)
            {
                case Token.E:
                    _state.MixHash(_ephemeral.Public.Span);
                    message.AddRange(_ephemeral.Public.Span);
                    break;
                case Token.S:
                    message.AddRange(_state.EncryptAndHash(_identity.Public.Span));
                    break;
                default:
                    Agree(token);
                    break;
            }
        }

        message.AddRange(_state.EncryptAndHash(payload));
        _step++;
        return [.. message];
    }

    /// <summary>The payload of the other side's next message.</summary>
    /// <exception cref="LineBrokenException">Cut, altered, or meant for another handshake.</exception>
    public byte[] Read(ReadOnlySpan<byte> message)
    {
        Expect(isOurs: false);
        foreach (var token in Pattern[_step])
        {
            switch (token)
            {
                case Token.E:
                    _theirEphemeral = Take(ref message, KeyPair.Bytes).ToArray();
                    _state.MixHash(_theirEphemeral);
                    break;
                case Token.S:
                    _theirIdentity = _state.DecryptAndHash(Take(ref message, KeyPair.Bytes + CipherState.TagBytes));
                    break;
                default:
                    Agree(token);
                    break;
            }
        }

        var payload = _state.DecryptAndHash(message);
        _step++;
        return payload;
    }

    /// <summary>The line that was agreed on.</summary>
    public SecureLine Open(int maxMessageBytes)
    {
        if (!IsComplete)
        {
            throw new InvalidOperationException("The handshake is not complete.");
        }

        var (initiator, responder) = Split();
        return _begins ? new SecureLine(initiator, responder, maxMessageBytes) : new SecureLine(responder, initiator, maxMessageBytes);
    }

    public void Dispose() => _state.Dispose();

    /// <summary>The bare keys of the line, below frames: for known answers.</summary>
    internal (CipherState Initiator, CipherState Responder) Split() => _state.Split();

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, int length)
    {
        if (message.Length < length)
        {
            throw new LineBrokenException("A message of the handshake is cut.");
        }

        var taken = message[..length];
        message = message[length..];
        return taken;
    }

    private void Expect(bool isOurs)
    {
        if (IsComplete || (_step % 2 == 0 == _begins) != isOurs)
        {
            throw new InvalidOperationException("It is not this side's turn.");
        }
    }

    private void Agree(Token token) => _state.MixKey(token switch
    {
        Token.EE => _agreement.Agree(_ephemeral, _theirEphemeral),
        Token.ES => _begins ? _agreement.Agree(_ephemeral, _theirIdentity) : _agreement.Agree(_identity, _theirEphemeral),
        Token.SE => _begins ? _agreement.Agree(_identity, _theirEphemeral) : _agreement.Agree(_ephemeral, _theirIdentity),
        _ => throw new ArgumentOutOfRangeException(nameof(token), token, null),
    });
}
