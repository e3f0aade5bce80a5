using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Attachments;

/// <summary>The use case that fetches a file from its messenger, looks at what it is, and keeps it.</summary>
/// <remarks>Nothing about it is believed but what its bytes say. It is held in memory as a whole, so the caller runs few at a time.</remarks>
public sealed class AttachmentKeeper(IAttachmentStore store, IChannelSessions sessions, AttachmentLimits limits, TimeProvider clock)
{
    private const int ReadSize = 81_920;

    /// <summary>Brings a claimed file to its end, or gives it back for a later attempt.</summary>
    /// <exception cref="Exception">A fault of the store; the claim runs out by itself.</exception>
    public async Task KeepAsync(AttachmentClaim claim, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        try
        {
            using var content = await FetchAsync(claim, cancellationToken);
            await JudgeAsync(claim, content, cancellationToken);
        }
        catch (AttachmentUnavailableException failure)
        {
            await FailAsync(claim, failure, retryAfter, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await FailAsync(claim, new AttachmentUnavailableException(Phrase.Of("attachment.cut-off")), retryAfter, cancellationToken);
        }
    }

    private async Task<MemoryStream> FetchAsync(AttachmentClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Attachment.SizeBytes > limits.MaxBytes)
        {
            throw TooLarge();
        }

        if (sessions.Find(claim.Connection) is not { } session)
        {
            throw new AttachmentUnavailableException(Phrase.Of("attachment.not-connected"));
        }

        if (session is not IAttachmentReader reader)
        {
            throw new AttachmentUnavailableException(Phrase.Of("attachment.no-files"), AttachmentFault.Final);
        }

        using var timeout = new CancellationTokenSource(limits.FetchTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        await using var source = await reader.OpenAsync(claim.Attachment, either.Token);
        return await ReadAsync(source, either.Token);
    }

    private async Task<MemoryStream> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[ReadSize];
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (content.Length + read > limits.MaxBytes)
            {
                throw TooLarge();
            }

            content.Write(buffer, 0, read);
        }

        return content;
    }

    private async Task JudgeAsync(AttachmentClaim claim, MemoryStream fetched, CancellationToken cancellationToken)
    {
        var content = fetched.GetBuffer().AsMemory(0, (int)fetched.Length);
        switch (FileCheck.Judge(claim.Attachment.FileName, claim.Attachment.MediaType, content, limits))
        {
            case FileVerdict.Fit fit:
                await store.KeepAsync(claim, fit.Type.MediaType, fit.Content, cancellationToken);
                break;
            case FileVerdict.Unfit unfit:
                await store.EndAsync(claim, unfit.State, unfit.Reason, cancellationToken);
                break;
        }
    }

    private Task FailAsync(AttachmentClaim claim, AttachmentUnavailableException failure, TimeSpan retryAfter, CancellationToken cancellationToken)
        => failure.Fault == AttachmentFault.TooLarge ? store.EndAsync(claim, AttachmentState.TooLarge, failure.Reason, cancellationToken)
            : failure.Fault == AttachmentFault.Final || claim.Attempt >= limits.MaxAttempts ? store.EndAsync(claim, AttachmentState.Failed, failure.Reason, cancellationToken)
            : store.RetryLaterAsync(claim, failure.Reason, clock.GetUtcNow() + retryAfter, cancellationToken);

    private AttachmentUnavailableException TooLarge() => new(FileCheck.TooLarge(limits.MaxBytes), AttachmentFault.TooLarge);
}
