using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary><c>/files/{token}/{name}</c>: where messengers that take no bytes fetch a file that goes out.</summary>
/// <remarks>
/// Whatever opens nothing answers alike. Only what this installation never made counts against a network: a messenger may come once more
/// for what is over, and must not be kept from the rest. The name is for the ending alone, and not looked at.
/// </remarks>
internal static class FileEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints)
        => endpoints.MapMethods("/files/{token}/{name}", [HttpMethods.Get, HttpMethods.Head], AnswerAsync)
            .OpenTo("messengers, by the address of one file that goes out, which is good for a while")
            .NotAudited("that the file is sent was recorded before it had an address").DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> AnswerAsync(HttpContext context, string token, FileHandoutDesk desk, WrongSecrets wrong)
    {
        var from = NetworkKey.Of(context);
        if (!wrong.Files.IsOpenTo(from))
        {
            return Results.NotFound();
        }

        switch (await desk.OpenAsync(token, context.RequestAborted))
        {
            case FileHandout.Open open:
                var type = AttachmentAnswer.WriteHead(context.Response.Headers, open.File, open.Named);
                context.Response.Headers.CacheControl = "private, no-store";
                context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin"; // messengers have pages of their own, and there is no cookie to ride on
                var content = new PieceStream(open.File.SizeBytes!.Value, open.ReadAsync);
                context.Response.RegisterForDisposeAsync(content);
                return Results.Stream(content, type, enableRangeProcessing: true); // players ask for films in parts
            case FileHandout.Unknown:
                wrong.Files.Count(from);
                return Results.NotFound();
            default:
                return Results.NotFound();
        }
    }
}
