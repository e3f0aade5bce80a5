using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Xunit;
using static Assistant.Domain.Tests.Security.Sessions.SessionRig;

namespace Assistant.Domain.Tests.Security.Sessions;

/// <summary>How long a session goes on, and who notices when it does not.</summary>
public sealed class SessionBoardTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public async Task A_session_is_over_after_an_hour_without_activity_for_whoever_asks()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));

        _rig.Clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.True(_rig.IsOpen(ada));
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_rig.IsOpen(ada));
        Assert.Null(_rig.Board.FindTimes(ada.Session!.Value));
    }

    [Fact]
    public async Task Activity_keeps_it_open_and_none_brings_it_back()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));

        _rig.Clock.Advance(TimeSpan.FromMinutes(59));
        await _rig.Board.SeeAsync(ada.Session!.Value, Cancel);
        _rig.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(_rig.IsOpen(ada));
        _rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await _rig.Board.SeeAsync(ada.Session!.Value, Cancel);

        Assert.False(_rig.IsOpen(ada));
    }

    [Fact]
    public async Task A_day_after_the_sign_in_it_is_over_whatever_is_done()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));
        for (var i = 0; i < 47; i++)
        {
            _rig.Clock.Advance(TimeSpan.FromMinutes(30));
            await _rig.Board.SeeAsync(ada.Session!.Value, Cancel);
        }

        Assert.Equal(new SessionTimes(_rig.Clock.GetUtcNow().AddHours(1), _rig.Clock.GetUtcNow().AddMinutes(30)), _rig.Board.FindTimes(ada.Session!.Value));
        _rig.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.False(_rig.IsOpen(ada));
        await _rig.Board.RefreshAsync(Cancel);
        Assert.Equal(SessionEnd.Expired, (await _rig.Store.FindAsync(ada.Session!.Value, Cancel))?.End);
    }

    [Fact]
    public async Task A_refresh_ends_the_row_of_an_idle_session_once_says_why_and_tells_open_pages()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));
        var told = 0;
        _rig.Board.Changed += () => told++;
        await _rig.Board.RefreshAsync(Cancel);
        Assert.Equal(0, told);
        _rig.Clock.Advance(TimeSpan.FromHours(1));

        await _rig.Board.RefreshAsync(Cancel);
        await _rig.Board.RefreshAsync(Cancel);

        Assert.Equal(1, told);
        Assert.Equal(SessionEnd.Idle, (await _rig.Store.FindAsync(ada.Session!.Value, Cancel))?.End);
        Assert.Equal("Idle", Assert.Single(await _rig.EndedAsync()).What.Details["why"]);
    }

    [Fact]
    public async Task Activity_is_written_down_at_most_once_a_minute()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));
        for (var i = 0; i < 120; i++)
        {
            _rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await _rig.Board.SeeAsync(ada.Session!.Value, Cancel);
        }

        Assert.Equal(2, _rig.Store.Written);
    }

    [Fact]
    public async Task Another_node_knows_a_session_at_once_and_its_activity_and_its_end_after_a_refresh()
    {
        var ada = await _rig.SignInAsync(await _rig.AddAsync("ada@example.org"));
        var (other, session) = (_rig.NewBoard(), ada.Session!.Value);
        await other.LoadAsync(Cancel);
        var late = await _rig.SignInAsync(await _rig.AddAsync("bob@example.org"));
        Assert.True(await other.IsOpenAsync(late.Session!.Value, late.AsUser.Id, Cancel));
        Assert.False(await other.IsOpenAsync(late.Session!.Value, ada.AsUser.Id, Cancel));

        _rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await _rig.Board.SeeAsync(session, Cancel);
        await other.RefreshAsync(Cancel);
        _rig.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.True(other.IsOpen(session, ada.AsUser.Id));

        var told = 0;
        other.Changed += () => told++;
        await _rig.Desk.EndAllAsync(ada, Cancel);
        await other.RefreshAsync(Cancel);
        Assert.Equal((1, false), (told, other.IsOpen(session, ada.AsUser.Id)));
        Assert.False(await other.IsOpenAsync(session, ada.AsUser.Id, Cancel));
    }

    [Fact]
    public async Task A_session_is_its_users_and_nobody_elses()
    {
        var (ada, bob) = (await _rig.SignInAsync(await _rig.AddAsync("ada@example.org")), await _rig.SignInAsync(await _rig.AddAsync("bob@example.org")));

        Assert.False(_rig.Board.IsOpen(ada.Session!.Value, bob.AsUser.Id));
        Assert.False(_rig.Board.IsOpen(UserSessionId.Of(RandomToken.Create()), ada.AsUser.Id));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", "Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", "Safari", "macOS")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome", "Android")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge", "Linux")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone")]
    [InlineData("<script>alert(1)</script>", "", "")]
    [InlineData(null, "", "")]
    public void A_browser_is_named_in_words_people_know(string? userAgent, string browser, string platform)
        => Assert.Equal(new DeviceLook(browser, platform), DeviceLook.Of(userAgent));

    [Fact]
    public void A_token_is_read_back_and_its_id_is_not_the_token()
    {
        var token = RandomToken.Create();

        Assert.True(RandomToken.TryParse(token.Reveal(), out var read));
        Assert.Equal(token.Id, read.Id);
        Assert.NotEqual(token.Id, RandomToken.Create().Id);
        Assert.False(RandomToken.TryParse(token.Id.ToString(), out _));
        Assert.False(RandomToken.TryParse(token.Reveal()[1..], out _));
        Assert.DoesNotContain(token.Reveal(), token.ToString(), StringComparison.Ordinal);
    }
}
