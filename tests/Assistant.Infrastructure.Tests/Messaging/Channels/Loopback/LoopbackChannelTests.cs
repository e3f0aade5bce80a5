using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Loopback;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Loopback;

public sealed class LoopbackChannelTests : ChannelContract
{
    protected override Task<ChannelRig> NewRigAsync() => Task.FromResult<ChannelRig>(new Rig());

    /// <summary>The port is the messenger; what the gateway did not take it offers again, in order.</summary>
    private sealed class Rig : ChannelRig
    {
        private readonly LoopbackPort _port = new(TimeProvider.System);
        private readonly Dictionary<int, string> _lastSaid = [];
        private Task _delivering = Task.CompletedTask;
        private int _edits;

        public Rig() => Channel = new LoopbackChannel(_port);

        public override IChannel Channel { get; }

        public override Connection Connection { get; } = new(
            new ConnectionId("loop"), TenantId.Default, "loopback", "Loop", AccessPolicy.Open, true, false, SettingValues.Empty, default, default);

        public override SettingValues WrongSettings { get; } = new([new("token", "x")]);

        public override ExternalChat ChatOf(int person) => new($"{person}");

        public override Task SayAsync(int person, string text)
        {
            var message = _port.Said(Connection.Id, $"{person}", text);
            _lastSaid[person] = message.ExternalMessageId;
            return Deliver(message);
        }

        public override Task EditLastAsync(int person, string text) => Deliver(_port.Said(Connection.Id, $"{person}", text, _lastSaid[person]) with
        {
            DedupeKey = $"{_lastSaid[person]}/edit-{++_edits}",
            Content = new InboundContent.Edited(text),
        });

        public override Task DeleteLastAsync(int person) => Deliver(_port.Said(Connection.Id, $"{person}", "", _lastSaid[person]) with
        {
            DedupeKey = $"{_lastSaid[person]}/deleted",
            Content = new InboundContent.Deleted(),
        });

        public override Task PressAsync(int person, string data)
        {
            var shown = _port.ShownIn(Connection.Id, $"{person}")[^1];
            var button = shown.Body.Buttons.Single(button => button.Data == data);
            return Deliver(_port.Said(Connection.Id, $"{person}", "", shown.Id.ToString("N")) with
            {
                DedupeKey = $"press-{Guid.CreateVersion7()}",
                Content = new InboundContent.Pressed(button.Data, button.Label),
            });
        }

        public override IReadOnlyList<string> ShownTo(int person) =>
            [.. _port.ShownIn(Connection.Id, $"{person}").Select(message => message.Body.Markdown)];

        public override void FloodNextSend(int seconds) => Script(new SendOutcome.RetryAfter(TimeSpan.FromSeconds(seconds), new Phrase.Verbatim("Too fast.")));

        public override void BreakNextSend() => Script(new SendOutcome.RetryAfter(null, new Phrase.Verbatim("Out of order.")));

        public override void LoseNextAnswer() => Script(new SendOutcome.Uncertain(new Phrase.Verbatim("No answer came.")));

        public override void Refuse(int person) => _port.Script(Connection.Id, $"{person}", new SendOutcome.Rejected(new Phrase.Verbatim("The person blocked the assistant.")));

        private void Script(SendOutcome outcome) => _port.Script(Connection.Id, "5001", outcome);

        private Task Deliver(InboundMessage message)
        {
            _delivering = DeliverAfterAsync(_delivering, message);
            return Task.CompletedTask;
        }

        private async Task DeliverAfterAsync(Task before, InboundMessage message)
        {
            await before;
            while (await Record.ExceptionAsync(() => _port.SendAsync(message, CancellationToken.None)) is not null)
            {
                // Offered again until it is taken.
            }
        }
    }
}
