using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>JPEG (ITU-T T.81, annex B): segments behind markers; after a scan's header, coded data up to the next marker.</summary>
internal static class JpegPicture
{
    private const byte Scan = 0xDA;
    private const byte End = 0xD9;
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte App14 = 0xEE;
    private const byte App15 = 0xEF;
    private const byte Comment = 0xFE;

    public static Picture? Clean(ReadOnlySpan<byte> jpeg)
    {
        var body = new PictureWriter(jpeg.Length);
        var (width, height, orientation) = (0, 0, PictureOrientation.Upright);
        var hasScan = false;
        for (var at = 2; ;)
        {
            // Any number of 0xFF may stand before a marker. A file that was cut off is shown as far as it goes.
            while (at + 1 < jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] == 0xFF)
            {
                at++;
            }

            if (at + 1 >= jpeg.Length || jpeg[at + 1] == End)
            {
                break;
            }

            var marker = jpeg[at + 1];
            if (jpeg[at] != 0xFF || marker is 0 or 0x01 or (>= 0xD0 and <= 0xD8) || at + 4 > jpeg.Length)
            {
                return null;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2 || at + 2 + length > jpeg.Length)
            {
                return null;
            }

            var segment = jpeg.Slice(at, 2 + length);
            var content = segment[4..];
            at += segment.Length;
            if (marker == App1 && content.StartsWith("Exif\0\0"u8))
            {
                orientation = PictureOrientation.Read(content[6..]);
            }

            if (IsFrame(marker))
            {
                if (content.Length < 5 || width != 0)
                {
                    return null;
                }

                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(content[1..]), BinaryPrimitives.ReadUInt16BigEndian(content[3..]));
            }

            if (IsNeeded(marker, content))
            {
                body.Add(segment);
            }

            if (marker == Scan)
            {
                var coded = jpeg.Slice(at, CodedLength(jpeg[at..]));
                body.Add(coded);
                at += coded.Length;
                hasScan = true;
            }
        }

        if (width == 0 || height == 0 || !hasScan)
        {
            return null;
        }

        return Assemble(body, width, height, orientation);
    }

    private static Picture Assemble(PictureWriter body, int width, int height, int orientation)
    {
        var whole = new PictureWriter(body.Length + 64);
        whole.Add(0xFF, 0xD8);
        if (orientation != PictureOrientation.Upright)
        {
            var tiff = PictureOrientation.Write(orientation);
            whole.Add(0xFF, App1, 0, (byte)(2 + 6 + tiff.Length));
            whole.Add("Exif\0\0"u8);
            whole.Add(tiff);
        }

        whole.Add(body.Written);
        whole.Add(0xFF, End);
        return whole.ToPicture(width, height);
    }

    // Of what applications add, only what colours depend on: the plain header, the profile, and Adobe's note on how colours are coded.
    private static bool IsNeeded(byte marker, ReadOnlySpan<byte> content) => marker switch
    {
        App0 => content.StartsWith("JFIF\0"u8) && content.Length == 14, // longer, it holds a small version of the picture
        App2 => content.StartsWith("ICC_PROFILE\0"u8),
        App14 => content.StartsWith("Adobe"u8) && content.Length == 12,
        >= App0 and <= App15 or Comment => false,
        _ => true,
    };

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // Within coded data 0xFF is followed by 0 or by a restart marker; anything else ends it.
    private static int CodedLength(ReadOnlySpan<byte> data)
    {
        for (var at = 0; ;)
        {
            var next = data[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= data.Length)
            {
                return data.Length;
            }

            at += next;
            if (data[at + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
            {
                return at;
            }

            at += 2;
        }
    }
}
