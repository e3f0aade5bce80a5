using System.Runtime.CompilerServices;
using System.Text;

namespace Assistant.Infrastructure.Tests;

/// <summary>What the program does before it reads its first mail: MimeKit remembers an encoding it did not find.</summary>
internal static class Encodings
{
    [ModuleInitializer]
    internal static void Register() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
}
