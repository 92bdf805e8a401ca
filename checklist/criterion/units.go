package criterion

import (
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// unit is a unit as written: so many of a base unit. It is shared: to change one,
// copy it.
type unit struct {
	base    Unit
	scale   fraction
	times   bool // a multiple ("2x"), without a base unit
	foreign bool // a unit the fields can't say: "/min", "MB/s"
}

var (
	unitless = &unit{} // of a number without a unit
	multiple = &unit{times: true, scale: one}
	percent  = &unit{base: Ratio, scale: fraction{1, 100}}
	share    = &unit{base: Ratio, scale: one}
)

var one = whole(1)

// unitEntry lists the ways to write a unit. size is how many base units it
// is, exactly: "1000", "1/60".
type unitEntry struct {
	base  Unit
	size  string
	names string
}

// timesUnit and foreignUnit are no base units: a multiple ("2x") and what a
// criterion's fields can't say ("MB/s").
const (
	timesUnit   Unit = "times"
	foreignUnit Unit = "foreign"
)

// unitTable lists the units. To add a way to write one, add it to its line.
var unitTable = []unitEntry{
	{Ratio, "1/100", "%, percent, per cent, pct, prozent, pour cent, por ciento, por cento, per cento, percento, процент*, yuzde, 퍼센트, パーセント, 百分点"},
	{Ratio, "1/1000", "‰, permille, promille"},

	{Seconds, "1/1000000000", "ns, nanosecond, nanoseconds"},
	{Seconds, "1/1000000", "us, µs, μs, microsecond, microseconds, мкс"},
	{Seconds, "1/1000", "ms, msec, msecs, millis, millisecond, milliseconds, millisec, millisecs, millisekunde, millisekunden, milliseconde, millisecondes, milisegundo, milisegundos, millisecondi, мс, миллисекунд*, milisaniye*, 毫秒, ミリ秒, 밀리초"},
	{Seconds, "1", "s, sec, secs, second, seconds, sek, sekunde, sekunden, seconde, secondes, seg, segundo, segundos, secondo, secondi, с, сек, секунд*, sn, saniye*, 秒, 秒钟, 초"},
	{Seconds, "60", "m, min, mins, minute, minutes, minuten, minuto, minutos, minuti, мин, минут*, dk, dakika*, 分, 分钟, 분"},
	{Seconds, "3600", "h, hr, hrs, hour, hours, std, stunde, stunden, heure, heures, hora, horas, ora, ore, ч, час, часа, часов, saat*, 小时, 小時, 時間, 시간"},
	{Seconds, "86400", "d, day, days, tag, tage, tagen, jour, jours, dia, dias, giorno, giorni, день, дня, дней, gun, 天, 日, 일"},
	{Seconds, "2592000", "month, months, monat, monate, monaten, mois, mes, meses, mese, mesi, месяц*, 个月, か月, ヶ月, 개월"},
	{Seconds, "604800", "week, weeks, woche, wochen, semaine, semaines, semana, semanas, settimana, settimane, недел*, hafta*, 周, 週, 주"},

	{Bytes, "1", "b, byte, bytes, octets, байт"},
	{Bytes, "1000", "kb, кб"},
	{Bytes, "1000000", "mb, megabyte, megabytes, мб, mo"},
	{Bytes, "1000000000", "gb, gigabyte, gigabytes, гб, go"},
	{Bytes, "1000000000000", "tb, тб"},
	{Bytes, "1024", "kib, ki"},
	{Bytes, "1048576", "mib, mi"},
	{Bytes, "1073741824", "gib, gi"},
	{Bytes, "1099511627776", "tib, ti"},

	{RequestsPerSecond, "1", "rps, qps, tps, /s, /sec, /second, req/s, req/sec, reqs/s, reqs/sec, req/second, req per second, req per sec, request/s, request/sec, request/second, requests/s, requests/sec, requests/second, requests per second, requests per sec, r/s, queries/s, queries/sec, queries/second, queries per second, query/s, query/sec, transactions/s, transactions/sec, transactions/second, transactions per second, tx/s, tx/sec, txn/s, txn/sec, msg/s, msg/sec, msgs/s, msgs/sec, message/s, message/sec, messages/s, messages/sec, messages/second, messages per second, events/s, events/sec, events/second, events per second, ops/s, ops/sec, ops per second, operations/s, operations per second, calls/s, calls per second, anfragen|transaktionen|nachrichten /s, anfragen|transaktionen|nachrichten /sek, anfragen|requests|transaktionen|nachrichten pro sekunde, requetes/s, requetes/sec, requetes|transactions|messages par seconde, peticiones/s, solicitudes/s, peticiones|solicitudes|transacciones|mensajes por segundo, requisicoes/s, requisicoes|transacoes|mensagens por segundo, operaciones|peticiones|solicitudes|transacciones|mensajes|requisicoes|operacoes|transacoes|mensagens /segundo, query|richieste|operazioni|transazioni|messaggi /secondo, requetes|operations|transactions|messages /seconde, anfragen|transaktionen|nachrichten /sekunde, req/seg, richieste/s, richieste/sec, richieste|transazioni|messaggi al secondo, запросов|транзакций|сообщений|операций /с, запросов|транзакций|сообщений|операций /сек, запросов|транзакций|сообщений|операций в секунду, istek/s, istek|islem|mesaj /sn, istek|islem|mesaj /saniye, 请求/秒, 次/秒, 笔/秒, 条/秒, 件/秒, 回/秒, リクエスト/秒, トランザクション/秒, 건/초, 요청/초, 회/초, req/秒"},
	{RequestsPerSecond, "1/60", "rpm, req/min, req/minute, requests/min, requests/minute, requests per minute, msg/min, messages/min, messages per minute, transactions/min, transactions per minute, queries/min"},

	{timesUnit, "1", "x, ×, times, fold, fach, fois, veces, vezes, volte, раза, kat, kati, katini, katina, 倍, 배"},

	{foreignUnit, "1", "/min, /m, /minute, /hour, /h, /hr, /day, /d, /month, /week, per minute, per min, per hour, per day, per month, per week, fps, frames/s, %/min, % per minute, % per hour, mb/s, gb/s, kb/s, mbps, gbps, kbps, mb/sec, mb/min, gb/min, s/min, ms/s, usd, eur, euro, euros, dollars, cents, °c, kwh, w, watt, watts, kw, px, pp, percentage points, db, hz, mhz, ghz, °, iops, jahr, jahre, jahren, anno, anni, anos, год, года, лет, 回/時, 回/分, 件/分, 件/時, 次/分钟, 次/小时, 건/분, 회/분, 회/시간, /分, /分钟, /小时, /時, /分鐘, /小時, pro minute|stunde|tag|woche|monat, par minute|heure|jour|mois, por minuto|hora|dia|mes, al minuto|giorno|mese, в минуту|час|день|месяц, times in a row, mal in folge, fois de suite, veces seguidas, vezes seguidas, volte di fila, раз подряд, kez ust uste, 次连续, 回連続, 회 연속"},
}

// magnitudes are the letters behind a number that multiply it, as written.
var magnitudes = map[string]float64{
	"k": 1_000, "K": 1_000, "M": 1_000_000, "Mio": 1_000_000, "million": 1_000_000, "B": 1_000_000_000,
	"万": 10_000, "萬": 10_000, "만": 10_000, "千": 1_000, "천": 1_000, "тыс": 1_000, "bin": 1_000, "mil": 1_000,
}

func newUnits() *lexicon.Lexicon[unit] {
	l := lexicon.New[unit]()
	for _, e := range unitTable {
		over, under, _ := strings.Cut(e.size, "/")
		scale := fraction{fractionOf(over).over, max(1, fractionOf(under).over)}
		l.Add(e.names, &unit{base: e.base, scale: scale, times: e.base == timesUnit, foreign: e.base == foreignUnit})
	}
	return l
}

// matchUnit finds the unit at the start of tokens and how many tokens it takes;
// unitless and 0 for none.
func matchUnit(tokens []lexicon.Token) (*unit, int) {
	if u, n := units().Match(tokens); u != nil {
		return u, n
	}
	return unitless, 0
}
