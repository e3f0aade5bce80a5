using System.Xml;
using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

// A stream of XMPP is one XML document that never ends: the reader takes it apart into the elements below its root. It stops after the
// last character of an element and never looks ahead, for what comes next may take a day.
//
// What a stranger writes arrives here nearly as written, so everything is bounded: bytes and depth of one element, attributes by the bytes. What is
// beyond the bounds is read and not kept: an element that ended the line would never be acknowledged, and come again with the next line and out of
// the archive for ever. What is much larger than servers pass on ends the line all the same, or its depth could fill the memory.
// A document type, a comment or a processing instruction is an error (RFC 6120, 11.1), and no name is ever looked up outside.

/// <summary>Reads one direction of a stream. One reader, one thread.</summary>
internal sealed class XmppReader : IDisposable
{
    private const int Stanza = 1;
    private const int TimesRead = 4;

    private readonly Meter _meter;
    private readonly XmlReader _xml;
    private readonly int _maxDepth;

    /// <param name="maxBytes">Of one element that is kept, within the size of a buffer. Four times as many are read.</param>
    public XmppReader(Stream stream, int maxBytes = 512 * 1024, int maxDepth = 64)
    {
        _meter = new Meter(stream, maxBytes, TimesRead * maxBytes);
        _maxDepth = maxDepth;
        _xml = XmlReader.Create(_meter, new XmlReaderSettings
        {
            Async = true,
            CloseInput = false,
            ConformanceLevel = ConformanceLevel.Fragment,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
        });
    }

    /// <summary>The root of the stream, without what is in it.</summary>
    /// <exception cref="XmlException">It is no stream of XMPP.</exception>
    public async Task<XElement> ReadRootAsync()
    {
        while (await _xml.ReadAsync())
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Element when _xml is { LocalName: "stream", Depth: 0 } && _xml.NamespaceURI == XmppNames.Streams.NamespaceName:
                    _meter.Restart();
                    return NewElement();
                case XmlNodeType.XmlDeclaration or XmlNodeType.Whitespace or XmlNodeType.Text when string.IsNullOrWhiteSpace(_xml.Value) || _xml.NodeType == XmlNodeType.XmlDeclaration:
                    break;
                default:
                    throw new XmlException("What came is no stream of XMPP.");
            }
        }

        throw new XmlException("The stream ended before it began.");
    }

    /// <summary>
    /// The next element below the root; <see langword="null"/> when the stream ended. What is too deep in it is left out; one that is too large comes
    /// without its content, and without attributes where already these are too large.
    /// </summary>
    /// <exception cref="XmlException">It is not well formed, or larger than any server passes on.</exception>
    public async Task<XElement?> ReadAsync()
    {
        XElement? current = null;
        while (await _xml.ReadAsync())
        {
            if (_meter.IsOver && current is not null)
            {
                current = current.AncestorsAndSelf().Last();
                current.RemoveNodes();
            }

            switch (_xml.NodeType)
            {
                case XmlNodeType.Element or XmlNodeType.EndElement when _xml.Depth > (_meter.IsOver ? Stanza : _maxDepth):
                    break;
                case XmlNodeType.Element:
                    var isEmpty = _xml.IsEmptyElement;
                    var element = NewElement();
                    if (_meter.IsOver)
                    {
                        element.RemoveAttributes();
                    }

                    current?.Add(element);
                    if (!isEmpty)
                    {
                        current = element;
                    }
                    else if (current is null)
                    {
                        _meter.Restart();
                        return element;
                    }

                    break;
                case XmlNodeType.EndElement when current is null:
                    return null;
                case XmlNodeType.EndElement:
                    if (current.Parent is null)
                    {
                        _meter.Restart();
                        return current;
                    }

                    current = current.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace
                    when current is not null && (_meter.IsOver || _xml.Depth > _maxDepth + 1):
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    // Between elements white space keeps the line alive; anything else there has no meaning.
                    current?.Add(new XText(await _xml.GetValueAsync()));
                    _meter.Restart(current is null);
                    break;
                default:
                    throw new XmlException("The stream holds what XMPP does not allow.");
            }
        }

        return current is null ? null : throw new XmlException("The stream ended inside an element.");
    }

    public void Dispose() => _xml.Dispose();

    private XElement NewElement()
    {
        var element = new XElement(XName.Get(_xml.LocalName, _xml.NamespaceURI));
        for (var more = _xml.MoveToFirstAttribute(); more; more = _xml.MoveToNextAttribute())
        {
            if (_xml.NamespaceURI != XNamespace.Xmlns.NamespaceName)
            {
                element.SetAttributeValue(XName.Get(_xml.LocalName, _xml.NamespaceURI), _xml.Value);
            }
        }

        _xml.MoveToElement();
        return element;
    }

    /// <summary>Counts what is read since the last whole element.</summary>
    private sealed class Meter(Stream inner, int kept, int max) : Stream
    {
        private long _count;

        /// <summary>Whether it is more than is kept.</summary>
        public bool IsOver => _count > kept;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Restart(bool isDue = true) => _count = isDue ? 0 : _count;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _count += read;
            return _count <= max ? read : throw new XmlException("The element is too large.");
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
