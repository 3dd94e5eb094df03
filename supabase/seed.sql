-- The world of a local run and of the tests: two businesses that have nothing to do with each other, in two languages.
-- Provider keys are not here: they are sealed with a secret of the run and written by what starts it.

insert into public.organizations (id, slug, name, timezone, max_concurrent_calls, max_calls_per_second, config) values
  (
    '0a000000-0000-4000-8000-000000000001', 'harbor-pizza', 'Harbor Pizza', 'Europe/London', 20, 20,
    '{
      "business": {
        "name": "Harbor Pizza",
        "description": "A pizzeria at the old harbour that bakes in a wood-fired oven and delivers within five miles.",
        "timezone": "Europe/London"
      },
      "language": "en"
    }'
  ),
  (
    '0b000000-0000-4000-8000-000000000001', 'studio-bianchi', 'Studio Bianchi', 'Europe/Rome', 20, 20,
    '{
      "business": {
        "name": "Studio Bianchi",
        "description": "Studio legale nel centro di Roma: diritto civile e di famiglia.",
        "timezone": "Europe/Rome"
      },
      "language": "it",
      "apology": {"text": "Mi dispiace, abbiamo un problema tecnico. La prego di richiamare tra qualche minuto."}
    }'
  );

insert into public.agent_instances (id, organization_id, name, is_default, config) values
  (
    '0a000000-0000-4000-8000-000000000002', '0a000000-0000-4000-8000-000000000001', 'Front counter', true,
    '{
      "greeting": {"text": "Harbor Pizza, good evening. How can I help?"},
      "instructions": "You answer the phone of Harbor Pizza, a pizzeria at the old harbour. You speak English, in one or two short sentences at a time, and you never promise a delivery in less than forty minutes.",
      "tts": {"voice": "ash"},
      "custom_context": {
        "menu": [
          {"name": "Margherita", "price": "9.50"},
          {"name": "Diavola", "price": "11.00"},
          {"name": "Four cheeses", "price": "12.00"}
        ],
        "opening_hours": "every day from five in the afternoon to eleven at night"
      }
    }'
  ),
  (
    '0b000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000001', 'Segreteria', true,
    '{
      "greeting": {"text": "Studio Bianchi, buongiorno. Sono l''assistente telefonica, come posso aiutarla?"},
      "instructions": "Rispondi al telefono dello Studio Bianchi, uno studio legale di Roma. Parli italiano, dai del lei, usi una o due frasi brevi per volta. Non dai pareri legali: prendi nome, recapito e motivo della chiamata, e proponi un appuntamento.",
      "stt": {"provider": "soniox", "options": {"language_hints": ["it"]}},
      "llm": {"model": "gpt-4.1"},
      "tts": {"voice": "coral"},
      "custom_context": {
        "indirizzo": "Via del Corso 112, Roma",
        "orari": "dal lunedì al venerdì, dalle nove alle diciotto"
      }
    }'
  );

insert into public.sip_numbers
  (id, phone_number, organization_id, label, active, max_concurrent_calls, config_override) values
  (
    '0a000000-0000-4000-8000-000000002001', '2001', '0a000000-0000-4000-8000-000000000001', 'orders', true, 5,
    '{"greeting": {"text": "Harbor Pizza orders, what can I get in the oven for you?"}}'
  ),
  (
    '0a000000-0000-4000-8000-000000002002', '2002', '0a000000-0000-4000-8000-000000000001', 'support', true, 5,
    '{
      "greeting": {"text": "Harbor Pizza customer care, I am sorry if something went wrong. What happened?"},
      "instructions": "You are customer care of Harbor Pizza. You speak English. You listen to complaints about late or wrong orders, apologise once, write down the order number, and say that a manager calls back within the hour. You take no new orders: those are on extension 2001.",
      "tts": {"voice": "sage"},
      "tools": {
        "ticket": {"enabled": true},
        "transfer": {
          "enabled": true,
          "confirm": false,
          "destinations": [
            {"id": "manager", "label": "the manager", "description": "For callers who ask for a person.", "uri": "tel:2050"}
          ]
        }
      }
    }'
  ),
  (
    '0a000000-0000-4000-8000-000000002009', '2009', '0a000000-0000-4000-8000-000000000001', 'old line', false, 1,
    '{}'
  ),
  (
    '0b000000-0000-4000-8000-000000000003', '+390612345678', '0b000000-0000-4000-8000-000000000001', 'reception', true, 5,
    '{}'
  );
