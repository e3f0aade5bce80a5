using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Assistant.Domain.Security.EndToEnd;

/// <summary>An encrypted line after its handshake: messages in, frames out, and back. For one thread at a time in each direction.</summary>
/// <remarks>
/// A frame is one Noise message. Inside: one byte (1 when the message goes on in the next frame), the length of the piece as two bytes
/// big endian, the piece, zeros up to a multiple of <see cref="PaddingBytes"/>, so that lengths tell little of what is said.
/// The counter is not sent: a frame opens only in its place, so one that was altered, repeated, moved or left out breaks the line.
/// Every <see cref="RekeyEvery"/> frames a direction goes on under a new key, and what was said before stays closed to who learns it.
/// </remarks>
public sealed class SecureLine : IDisposable
{
    /// <summary>Longest frame, of any Noise message (section 3).</summary>
    public const int MaxFrameBytes = 65_535;

    /// <summary>Pieces are filled up to a multiple of this.</summary>
    public const int PaddingBytes = 256;

    /// <summary>Frames of one direction under one key.</summary>
    public const ulong RekeyEvery = 1024;

    private const int HeadBytes = 3;
    private const int MaxPieceBytes = ((MaxFrameBytes - CipherState.TagBytes) / PaddingBytes * PaddingBytes) - HeadBytes;

    private readonly CipherState _out;
    private readonly CipherState _in;
    private readonly int _maxMessageBytes;
    private readonly List<byte> _pieces = [];
    private bool _isBroken;

    internal SecureLine(CipherState ours, CipherState theirs, int maxMessageBytes) => (_out, _in, _maxMessageBytes) = (ours, theirs, maxMessageBytes);

    /// <summary>The frames of a message, to be sent in this order with nothing between them.</summary>
    /// <exception cref="LineBrokenException">The line broke before, or its counter is used up.</exception>
    public IReadOnlyList<byte[]> Seal(ReadOnlySpan<byte> message)
    {
        if (_isBroken)
        {
            throw new LineBrokenException();
        }

        var frames = new List<byte[]>();
        do
        {
            var piece = message[..Math.Min(message.Length, MaxPieceBytes)];
            message = message[piece.Length..];
            frames.Add(SealPiece(piece, goesOn: message.Length > 0));
        }
        while (message.Length > 0);
        return frames;
    }

    /// <summary>The message a frame completes, or <see langword="null"/> while more of it is to come.</summary>
    /// <exception cref="LineBrokenException">The frame is not the one that was sent next, or the message is longer than allowed.</exception>
    public byte[]? Open(ReadOnlySpan<byte> frame)
    {
        if (_isBroken)
        {
            throw new LineBrokenException();
        }

        try
        {
            return Add(OpenPiece(frame, out var goesOn), goesOn);
        }
        catch (LineBrokenException)
        {
            _isBroken = true;
            throw;
        }
    }

    public void Dispose()
    {
        _out.Dispose();
        _in.Dispose();
    }

    private byte[] SealPiece(ReadOnlySpan<byte> piece, bool goesOn)
    {
        var length = (HeadBytes + piece.Length + PaddingBytes - 1) / PaddingBytes * PaddingBytes;
        var body = new byte[length];
        body[0] = goesOn ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(1), (ushort)piece.Length);
        piece.CopyTo(body.AsSpan(HeadBytes));
        var frame = _out.Encrypt([], body);
        CryptographicOperations.ZeroMemory(body);
        RekeyWhenDue(_out);
        return frame;
    }

    private byte[] OpenPiece(ReadOnlySpan<byte> frame, out bool goesOn)
    {
        if (frame.Length > MaxFrameBytes)
        {
            throw new LineBrokenException("A frame is longer than any that is sent.");
        }

        var body = _in.Decrypt([], frame);
        RekeyWhenDue(_in);
        var length = body.Length < HeadBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(1));
        if (length > body.Length - HeadBytes)
        {
            throw new LineBrokenException("A frame has no such piece in it.");
        }

        goesOn = body[0] == 1;
        return body[HeadBytes..(HeadBytes + length)];
    }

    private byte[]? Add(byte[] piece, bool goesOn)
    {
        if (_pieces.Count + piece.Length > _maxMessageBytes)
        {
            throw new LineBrokenException("A message is longer than allowed.");
        }

        if (_pieces.Count == 0 && !goesOn)
        {
            return piece;
        }

        _pieces.AddRange(piece);
        if (goesOn)
        {
            return null;
        }

        byte[] message = [.. _pieces];
        _pieces.Clear();
        return message;
    }

    private static void RekeyWhenDue(CipherState cipher)
    {
        if (cipher.Count % RekeyEvery == 0)
        {
            cipher.Rekey();
        }
    }
}
