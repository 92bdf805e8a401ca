package checklist

import "strings"

// The words by which people sign, in the languages that checklists are written
// in. English sign-offs have more forms; signOffLabel has those.

// signOffLabels are whole labels of sign-offs.
var signOffLabels = newLabels("",
	"authorized by", "authorised by", "accepted by",
	"freigegeben von", "freigegeben durch", "freigabe", "freigabe durch", "genehmigt von", "genehmigt durch", "abgenommen von",
	"abnahme durch", "unterschrift",
	"approuvé par", "validé par", "autorisé par", "signé par",
	"aprobado por", "autorizado por", "firmado por", "visto bueno", "aprovado por", "assinado por",
	"approvato da", "autorizzato da", "firmato da",
	"утвердил", "утверждено", "согласовано", "одобрено", "onaylayan", "onay",
	"审批人", "批准人", "批准者", "签字", "签署", "签署人", "簽署人", "簽字", "承認者", "승인자",
)

// signatureLabels say what a line below an approval's role is: the part of the
// signature, or the role again in other words.
var signatureLabels = []labels{
	newLabels(partName, "name", "nom", "nombre", "nome", "имя", "фио", "ad soyad", "姓名", "名字", "氏名", "名前", "이름", "성명"),
	newLabels(partDate, "date", "datum", "fecha", "data", "дата", "tarih", "日期", "日付", "날짜", "일자"),
	newLabels(partSignature,
		"signature", "signed", "unterschrift", "firma", "assinatura", "подпись", "imza", "签名", "簽名", "签字", "簽字", "署名", "서명"),
	newLabels(partRole,
		"role", "rôle", "rolle", "rol", "cargo", "title", "position", "должность", "职位", "職稱", "役職", "직책"),
}

// The parts of a signature.
const (
	partName      = "name"
	partDate      = "date"
	partSignature = "signature"
	partRole      = "role"
)

// departments are whole labels that name who signs below a heading about signing,
// though they are no roles elsewhere.
var departments = newLabels("",
	"product", "engineering", "development", "business", "legal", "compliance", "finance", "support", "marketing", "infrastructure",
	"platform", "data", "privacy",
)

// signing are whole labels of lists of who signs.
var signing = newLabels("", "approvers", "approvals", "approved by", "signatories", "signatures", "sign-off", "sign-offs")

var (
	// approving are the words of headings below which roles sign.
	approving = newPhrases(
		"-sign-off", "-signoff", "-signature", "-signatures-", "-approval", "-approvals-", "-unterschrift", "-freigabe", "-abnahme",
		"-genehmigung", "-firma", "-aprobacion", "-aprobación", "-autorización", "-autorizacion", "-visto-bueno-", "-aprovação",
		"-autorização-", "-assinatura", "-approbation", "-подпис", "-согласовани", "-утверждени", "-onay-", "-imza",
		"签字", "签署", "簽署", "签名", "审批", "審批", "承認", "승인", "서명",
	)
	// role are the words of labels that name who signs.
	role = newWording(
		"lead", "leader", "manager", "owner", "sponsor", "engineer", "developer", "reviewer", "director", "officer",
		"cto", "ceo", "cio", "ciso", "architect", "qa", "devops", "sre", "dba", "operations", "security", "stakeholder", "admin",
		"leiter", "leiterin", "verantwortlich*", "responsable", "responsável", "directeur", "director*", "gerente", "jefe", "responsabile",
		"руководитель", "ответственный", "директор", "инженер", "архитектор", "sorumlu*", "müdür*", "yönetici*",
		"负责人", "負責人", "经理", "經理", "总监", "工程师", "工程師", "架构师", "責任者", "担当者", "책임자", "담당자",
	)

	signatureColumn = newPhrases(
		"-signature-", "-unterschrift-", "-firma-", "-assinatura-", "-sign-off-", "-signed-", "-approved-", "-подпись-", "-imza-",
		"签名", "簽名", "签字", "簽字", "署名", "서명",
	)
	nameColumn = newPhrases("-name-", "-nom-", "-nombre-", "-nome-", "-person-", "-фио-", "-имя-", "-ad-soyad-", "姓名", "名字", "氏名", "이름", "성명")
	dateColumn = newPhrases("-date-", "-datum-", "-fecha-", "-data-", "-дата-", "-tarih-", "承認日", "日期", "日付", "날짜", "일자")
	roleColumn = newPhrases(
		"-role-", "-rol-", "-rôle-", "-rolle-", "-cargo-", "-puesto-", "-função-", "-funktion-", "-fonction-", "-ruolo-", "-роль-", "-должность-",
		"-approver-", "-reviewer-", "-stakeholder-", "角色", "职位", "職務", "役割", "役職", "역할", "직책",
	)
)

// labels are whole labels that mean the same, in any case, by their length in
// bytes.
type labels struct {
	part     string // of a signature; empty for others
	byLength map[int][]string
}

func newLabels(part string, list ...string) labels {
	l := labels{part, map[int][]string{}}
	for _, label := range list {
		l.byLength[len(label)] = append(l.byLength[len(label)], label)
	}
	return l
}

// has says whether a label, signs around it aside, is one of the labels.
func (l *labels) has(label string) bool {
	label = undecorated(label)
	for _, known := range l.byLength[len(label)] {
		if strings.EqualFold(known, label) {
			return true
		}
	}
	return false
}
