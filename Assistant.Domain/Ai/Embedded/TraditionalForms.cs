using System.Buffers;
using System.Collections.Frozen;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Reads traditional Chinese characters as the simplified ones the patterns are written in, and the polite 您 as 你. Only those the patterns use, one for
/// one: a place in the folded text is the same place in what the person wrote, and their words are cut out of that. What is folded is compared, never shown.
/// </summary>
/// <remarks>The search index is cut in this form: a pair that is added changes what it holds. A pattern may name both characters instead.</remarks>
internal static class TraditionalForms
{
    private const string Pairs =
        "與与 東东 兩两 個个 為为 麼么 麽么 買买 於于 甚什 們们 會会 妳你 兒儿 關关 內内 寫写 決决 準准 幾几 刪删 別别 務务 勞劳 單单 厲厉 號号 後后 嗎吗 員员 週周 囉啰 嘍喽 處处 備备 頭头 學学 對对 導导 歲岁 "
        + "帶带 幫帮 幹干 應应 開开 當当 錄录 憶忆 託托 換换 據据 數数 無无 時时 顯显 機机 來来 樣样 溝沟 沒没 點点 煩烦 現现 著着 確确 禮礼 筆笔 類类 係系 繫系 綁绑 給给 絡络 繼继 續续 羅罗 聯联 營营 見见 覺觉 "
        + "認认 讓让 訊讯 記记 講讲 許许 識识 訴诉 話话 說说 請请 課课 誰谁 談谈 謝谢 負负 責责 資资 轉转 過过 運运 還还 這这 選选 裡里 裏里 鐘钟 鍾钟 錯错 門门 問问 間间 憑凭 隊队 團团 組组 崗岗 暫暂 職职 飯饭 駕驾 您你";

    private static readonly FrozenDictionary<char, char> Forms = Pairs.Split(' ').ToFrozenDictionary(pair => pair[0], pair => pair[1]);

    private static readonly SearchValues<char> Traditional = SearchValues.Create(Forms.Keys.AsSpan());

    /// <summary>The text in simplified characters, of the same length; the very text when it has nothing to fold.</summary>
    public static string Fold(string text)
        => text.AsSpan().ContainsAny(Traditional)
            ? string.Create(text.Length, text, static (folded, text) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    folded[i] = Forms.GetValueOrDefault(text[i], text[i]);
                }
            })
            : text;
}
