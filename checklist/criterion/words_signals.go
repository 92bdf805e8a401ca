package criterion

// The meanings that the tables of words give their phrases. A signal's second
// name is the side its good values lie on.
var (
	errorRatio   = meaning{class: signal, signal: ErrorRatio, good: Less}
	successRatio = meaning{class: signal, signal: SuccessRatio, good: Greater}
	// successWeak is a success ratio only beside a share.
	successWeak = meaning{class: signal, signal: SuccessRatio, good: Greater, weak: true}

	latency      = meaning{class: signal, signal: Latency, good: Less}
	throughput   = meaning{class: signal, signal: Throughput, good: Greater}
	perSecond    = meaning{class: signal, signal: Throughput, good: Greater, implied: RequestsPerSecond}
	memory       = meaning{class: signal, signal: Memory, good: Less}
	cpu          = meaning{class: signal, signal: CPU, good: Less}
	availability = meaning{class: signal, signal: Availability, good: Greater}
	testPass     = meaning{class: signal, signal: TestPassRatio, good: Greater}
	business     = meaning{class: signal, signal: Business, good: Greater}

	// errors are a share where a share is compared, else a count.
	errors = meaning{class: signal, signal: ErrorRatio, good: Less, weak: true, subject: "errors"}

	// perMinute counts per time, which no unit of a criterion says.
	perMinute = meaning{class: odd}

	// latencyWeak is a latency only beside a time: "API response < 500ms".
	latencyWeak = meaning{class: signal, signal: Latency, good: Less, weak: true}
	// testPassWeak is a share of tests: "tests > 95%".
	testPassWeak = meaning{class: signal, signal: TestPassRatio, good: Greater, weak: true}
	// throughputWeak is a throughput only beside a rate: "requests > 500/s".
	throughputWeak = meaning{class: signal, signal: Throughput, good: Greater, weak: true}

	less           = meaning{class: compare, op: Less}
	lessOrEqual    = meaning{class: compare, op: LessOrEqual}
	greater        = meaning{class: compare, op: Greater}
	greaterOrEqual = meaning{class: compare, op: GreaterOrEqual}

	// The same behind the number: "500ms or less", "1%以下".
	lessBehind           = meaning{class: compare, op: Less, behind: true}
	lessOrEqualBehind    = meaning{class: compare, op: LessOrEqual, behind: true}
	greaterBehind        = meaning{class: compare, op: Greater, behind: true}
	greaterOrEqualBehind = meaning{class: compare, op: GreaterOrEqual, behind: true}

	// The same, but only for a signal: "within 200ms", "over 80%".
	lessOrEqualDue    = meaning{class: compareDue, op: LessOrEqual}
	within            = meaning{class: compareDue, op: LessOrEqual, subject: tolerance}
	greaterDue        = meaning{class: compareDue, op: Greater}
	greaterOrEqualDue = meaning{class: compareDue, op: GreaterOrEqual}
	lessDue           = meaning{class: compareDue, op: Less}

	// The same, but of one version with another: a number without a unit behind
	// them is that version.
	fasterThan   = meaning{class: compare, op: Less, better: 1, rival: true}
	slowerThan   = meaning{class: compare, op: Greater, better: -1, rival: true}
	betterThan   = meaning{class: compare, op: Greater, better: 1, rival: true}
	noSlowerThan = meaning{class: compare, op: LessOrEqual, rival: true}
	asHighAs     = meaning{class: compare, op: GreaterOrEqual, rival: true}

	not         = meaning{class: negation}
	none        = meaning{class: negation, subject: ofSignal}
	requires    = meaning{class: demand, subject: ahead}
	target      = meaning{class: demand}
	maximum     = meaning{class: ceiling, op: LessOrEqual}
	minimum     = meaning{class: floor, op: GreaterOrEqual}
	alert       = meaning{class: warning, op: GreaterOrEqual}
	worse       = meaning{class: change, better: -1}
	improvement = meaning{class: change, better: 1}
	increase    = meaning{class: change, change: Increase}
	decrease    = meaning{class: change, change: Decrease}
	increaseOf  = meaning{class: change, change: Increase, subject: ofSubject}
	decreaseOf  = meaning{class: change, change: Decrease, subject: ofSubject}
	noIncrease  = meaning{class: change, change: Increase, subject: denied}
	noDecrease  = meaning{class: change, change: Decrease, subject: denied}
	rises       = meaning{class: change, change: Increase, subject: opening}
	falls       = meaning{class: change, change: Decrease, subject: opening}
	reference   = meaning{class: baseline}
	perCentile  = meaning{class: percentile}
	median      = meaning{class: percentile, value: "0.5"}
	mean        = meaning{class: percentile, value: "0"}
	during      = meaning{class: lasting}
	amid        = meaning{class: lasting, subject: occasion}
	long        = meaning{class: lastingEnd}
	every       = meaning{class: sampling}
	actual      = meaning{class: measured}
	versus      = meaning{class: filler, subject: former}
	traffic     = meaning{class: load}
	program     = meaning{class: runtime}
	ends        = meaning{class: filler, subject: completion}
	driven      = meaning{class: filler, subject: driving}
	noise       = meaning{class: filler}
	where       = meaning{class: filler, subject: circumstance}
	rollBack    = meaning{class: rollback}
	whenever    = meaning{class: condition}
	and         = meaning{class: joiner}
)

// other is a signal of its own name, with good values on the given side.
func other(subject string, good Comparison) meaning {
	return meaning{class: signal, signal: Other, subject: subject, good: good}
}

func number(value string) meaning { return meaning{class: numeral, value: value} }

// signalWords are the names and abbreviations that all languages share.
var signalWords = []entry{
	{errorRatio, "5xx rate, 4xx rate, 5xx error rate, 4xx error rate, 5xx ratio, 4xx ratio"},
	{errors, "5xx, 4xx, 5xx errors, 4xx errors, http errors, http 5xx, http 4xx, http 5xx errors, 5xx count, 4xx count, 5xx responses, 4xx responses"},
	{perSecond, "rps, qps, tps, req/s, req/sec, requests/s, requests/sec, requests per second, transactions per second, queries per second, messages per second"},
	{memory, "ram, memory, memory usage, memory utilization, memory utilisation, memory consumption, memory footprint, heap, heap usage, heap size, rss, resident memory, working set, node memory, mem, mem usage"},
	{cpu, "cpu, cpu usage, cpu utilization, cpu utilisation, cpu load, cpu consumption, processor usage, processor load"},
	{availability, "availability, uptime, up time, service availability, system availability, api availability"},
	{latency, "ttfb, time to first byte"},
	{other("lcp", Less), "lcp, largest contentful paint"},
	{other("fcp", Less), "fcp, first contentful paint"},
	{other("cls", Less), "cls, cumulative layout shift, layout shift"},
	{other("inp", Less), "inp, interaction to next paint"},
	{other("fid", Less), "fid, first input delay"},
	{other("tti", Less), "tti, time to interactive"},
	{other("tbt", Less), "tbt, total blocking time"},
	{other("mttr", Less), "mttr, mean time to recovery, mean time to repair, mean time to resolve"},
	{other("mttd", Less), "mttd, mean time to detect, mtta"},
	{other("mtbf", Greater), "mtbf"},
	{other("rto", Less), "rto, recovery time objective"},
	{other("rpo", Less), "rpo, recovery point objective"},
	{other("lighthouse", Greater), "lighthouse, lighthouse score, lighthouse performance, lighthouse performance score, pagespeed, pagespeed score, performance score"},
	{other("apdex", Greater), "apdex, apdex score"},
	{other("accessibility", Greater), "a11y, accessibility score"},
	{other("disk", Less), "disk, disk usage, disk utilization, disk utilisation, disk space, disk space usage, disk io, disk i/o, storage usage, disk usage percent, inode usage"},
	{program, "python, node, node.js, nodejs, npm, pnpm, yarn, java, jdk, jre, go, golang, php, ruby, rust, dotnet, .net, postgres, postgresql, mysql, mariadb, mongodb, redis, nginx, docker, docker compose, kubernetes, k8s, kubectl, kubernetes version, terraform, helm, ubuntu, debian, git, version, versions, react, next.js, typescript, django, rails, spring boot, etcd version, tls, ssl, wcag, chrome, ios, android, gradle, maven, elasticsearch, kafka version, 版本, バージョン, 버전, верси*, versao, versione, surum*"},
	{perCentile, "percentile, percentiles, pct., perzentil, perzentile, percentil, percentile, centile, percentil, перцентил*, процентил*, 百分位, 分位, 分位数, パーセンタイル, 백분위, 퍼센타일, 백분위수, yuzdelik"},
	{median, "median, mediana, mediane, медиан*, 中位数, 中央値, 중앙값, medyan"},
	{mean, "avg, average, mean, arithmetic mean"},
}
