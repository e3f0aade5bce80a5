// A gateway that confirms first and keeps nothing: the crash harness must catch it. Used by its self-test only.
const { TELEGRAM_API_ROOT: api, TELEGRAM_BOT_TOKEN: token, LLM_BASE_URL: engine } = process.env;

async function post(url, body) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.json();
}

async function answer({ chat, text }) {
  const completion = await post(`${engine}/chat/completions`, { model: 'x', messages: [{ role: 'user', content: text }] });
  await post(`${api}/bot${token}/sendMessage`, { chat_id: chat.id, text: completion.choices[0].message.content });
}

for (let offset = 0; ;) {
  const { result } = await post(`${api}/bot${token}/getUpdates`, { offset, timeout: 20 });
  for (const update of result) {
    offset = update.update_id + 1;
    answer(update.message).catch(() => {});
  }
}
