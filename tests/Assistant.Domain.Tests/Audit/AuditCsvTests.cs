using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class AuditCsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t'=1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\r=1", "\"'\r'=1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("=\"a\"", "\"'=\"\"a\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("x;=1+1;y", "x;'=1+1;y")]
    [InlineData("k;=cmd|'/C calc'!A0;z", "k;'=cmd|'/C calc'!A0;z")]
    [InlineData("x; \u00a0@SUM(A1)", "x;' \u00a0@SUM(A1)")]
    [InlineData("x\t-1", "x\t'-1")]
    [InlineData("x;;＋1", "x;;'＋1")]
    [InlineData("x;\"=1", "\"x;'\"\"=1\"")]
    [InlineData("x\r\n=1", "\"x\r\n'=1\"")]
    [InlineData("x;", "x;")]
    [InlineData("x; y=1; 2-3", "x; y=1; 2-3")]
    public void No_cell_is_a_formula_and_every_cell_is_one_cell(string text, string cell)
    {
        var draft = new AuditDraft(
            TenantId.Default, DateTimeOffset.UnixEpoch, new Actor("user", "u", text), "a.b", "s/1", "local", AuditDraft.NoDetails);

        var row = AuditCsv.Format(new AuditChainAppender(TenantId.Default, 0, default).Append(draft));

        Assert.StartsWith($"1,1970-01-01T00:00:00.000Z,user,u,{cell},a.b,s/1,local,,", row, StringComparison.Ordinal);
    }
}
