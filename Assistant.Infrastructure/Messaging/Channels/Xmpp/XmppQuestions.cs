using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What was asked, until it is answered. Safe for concurrent use.</summary>
internal sealed class XmppQuestions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<XElement>> _asked = [];

    public Task<XElement> Ask(string id)
    {
        var answer = new TaskCompletionSource<XElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _asked[id] = answer;
        }

        return answer.Task;
    }

    /// <summary>Takes what may be an answer; one nobody asked for is dropped.</summary>
    public void Answer(string id, XElement answer)
    {
        lock (_lock)
        {
            if (_asked.TryGetValue(id, out var asked))
            {
                asked.TrySetResult(answer);
            }
        }
    }

    public void GiveUp(string id)
    {
        lock (_lock)
        {
            _asked.Remove(id);
        }
    }

    /// <summary>The line is gone, and no answer comes any more.</summary>
    public void Break()
    {
        lock (_lock)
        {
            foreach (var asked in _asked.Values)
            {
                asked.TrySetException(new IOException("The line broke."));
            }

            _asked.Clear();
        }
    }
}
