namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task A_time_is_answered_in_the_milliseconds_that_are_stored()
    {
        var at = new DateTimeOffset(2026, 12, 1, 8, 0, 0, 123, TimeSpan.Zero);
        _host.Connections.Put(_host.Connections["tg"] with { CreatedAt = at.AddTicks(9_999), UpdatedAt = at });

        var shown = await (await GetAsync("viewer", "/api/v1/channels/tg")).JsonAsync();

        Assert.Equal((at, at), (shown.GetProperty("createdAt").GetDateTimeOffset(), shown.GetProperty("updatedAt").GetDateTimeOffset()));
    }
}
