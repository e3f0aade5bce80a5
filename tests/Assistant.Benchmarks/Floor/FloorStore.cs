using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Assistant.Benchmarks.Floor;

/// <summary>One SQLite writer on its own thread; whatever waits when it begins shares one commit and one fsync.</summary>
internal sealed class FloorStore : IAsyncDisposable
{
    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(10_000);
    private readonly SqliteConnection _connection;
    private readonly Task _writer;
    private byte[] _head = new byte[32];

    public FloorStore(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Run("""
            pragma journal_mode = wal;
            pragma synchronous = full;
            create table if not exists inbox (update_id integer primary key, chat integer not null, text text not null, done integer not null default 0);
            create table if not exists outbox (update_id integer primary key, chat integer not null, text text not null, message_id integer);
            create table if not exists audit (seq integer primary key, action text not null, update_id integer not null, hash blob not null);
            """);
        using var last = Command("select hash from audit order by seq desc limit 1");
        _head = last.ExecuteScalar() as byte[] ?? _head;
        _writer = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task ReceiveAsync(FloorMessage message) => CommitAsync(Step.Receive, message, message.Text, 0);

    public Task DecideAsync(FloorMessage message, string answer) => CommitAsync(Step.Decide, message, answer, 0);

    public Task SentAsync(FloorMessage message, long messageId) => CommitAsync(Step.Sent, message, "", messageId);

    public long NextOffset()
    {
        using var command = Command("select coalesce(max(update_id), 0) + 1 from inbox");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>What a kill left open, in order.</summary>
    public List<FloorMessage> Unanswered()
    {
        using var command = Command("select update_id, chat, text from inbox where done = 0 order by update_id");
        using var reader = command.ExecuteReader();
        var open = new List<FloorMessage>();
        while (reader.Read()) open.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.Complete();
        await _writer;
        await _connection.DisposeAsync();
    }

    private async Task CommitAsync(Step step, FloorMessage message, string text, long messageId)
    {
        var write = new Write(step, message, text, messageId, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await _writes.Writer.WriteAsync(write);
        await write.Done.Task;
    }

    private void WriteAll()
    {
        using var begin = Command("begin immediate");
        using var commit = Command("commit");
        using var audit = Command("insert into audit (action, update_id, hash) values ($text, $update, $hash)", "$update", "$text", "$hash");
        using var receive = Command("insert or ignore into inbox (update_id, chat, text) values ($update, $chat, $text)", "$update", "$chat", "$text");
        using var decide = Command("insert or replace into outbox (update_id, chat, text) values ($update, $chat, $text)", "$update", "$chat", "$text");
        using var sent = Command("update outbox set message_id = $id where update_id = $update", "$update", "$id");
        using var done = Command("update inbox set done = 1 where update_id = $update", "$update");
        var batch = new List<Write>();
        while (_writes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < 512 && _writes.Reader.TryRead(out var write)) batch.Add(write);
            begin.ExecuteNonQuery();
            foreach (var write in batch)
            {
                var update = write.Message.Update;
                if (write.Step == Step.Receive) Bind(receive, update, write.Message.Chat, write.Text);
                if (write.Step == Step.Decide) Bind(decide, update, write.Message.Chat, write.Text);
                if (write.Step == Step.Sent) Bind(sent, update, write.MessageId);
                if (write.Step == Step.Sent) Bind(done, update);
                _head = SHA256.HashData([.. _head, .. Encoding.UTF8.GetBytes($"{write.Step}|{update}|{write.Message.Chat}|{write.Text.Length}")]);
                Bind(audit, update, write.Step.ToString(), _head);
            }

            commit.ExecuteNonQuery();
            foreach (var write in batch) write.Done.SetResult();
        }
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private enum Step { Receive, Decide, Sent }

    private sealed record Write(Step Step, FloorMessage Message, string Text, long MessageId, TaskCompletionSource Done);
}
