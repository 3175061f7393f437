//! The words of receipts and statements of account, in the languages of [`say`](super::say).

use super::say::Words;

/// What receipts and statements say beside what all papers about money do.
pub struct AccountWords {
    pub receipt: &'static str,
    /// Over what was paid.
    pub what: &'static str,
    pub paid_by: &'static str,
    pub kept: &'static str,
    pub tip: &'static str,
    pub thanks: &'static str,
    pub online: &'static str,
    pub cash: &'static str,
    pub cheque: &'static str,
    pub transfer: &'static str,
    pub statement: &'static str,
    pub period: &'static str,
    pub made_on: &'static str,
    pub brought_forward: &'static str,
    pub charged: &'static str,
    pub paid: &'static str,
    pub balance: &'static str,
    pub balance_due: &'static str,
    pub credit: &'static str,
    pub received: &'static str,
    pub refund: &'static str,
    pub refund_back: &'static str,
    pub disputed: &'static str,
    pub dispute_won: &'static str,
    pub dispute_lost: &'static str,
    pub reversed: &'static str,
    pub payment: &'static str,
}

const EN: AccountWords = AccountWords {
    receipt: "Receipt",
    what: "For",
    paid_by: "Paid by",
    kept: "Kept for you",
    tip: "Tip",
    thanks: "Received with thanks.",
    online: "Online",
    cash: "Cash",
    cheque: "Cheque",
    transfer: "Bank transfer",
    statement: "Statement of account",
    period: "Period",
    made_on: "Made on",
    brought_forward: "Balance brought forward",
    charged: "Charged",
    paid: "Paid",
    balance: "Balance",
    balance_due: "Balance due",
    credit: "Credit in your favour",
    received: "Payment received",
    refund: "Refund",
    refund_back: "Refund came back",
    disputed: "Payment disputed",
    dispute_won: "Dispute closed, payment kept",
    dispute_lost: "Dispute closed, payment returned",
    reversed: "Payment reversed",
    payment: "Payment",
};

const DE: AccountWords = AccountWords {
    receipt: "Zahlungsbeleg",
    what: "Wofür",
    paid_by: "Bezahlt",
    kept: "Als Guthaben behalten",
    tip: "Trinkgeld",
    thanks: "Dankend erhalten.",
    online: "Online",
    cash: "Bar",
    cheque: "Scheck",
    transfer: "Überweisung",
    statement: "Kontoauszug",
    period: "Zeitraum",
    made_on: "Erstellt am",
    brought_forward: "Übertrag",
    charged: "Berechnet",
    paid: "Bezahlt",
    balance: "Saldo",
    balance_due: "Offener Betrag",
    credit: "Guthaben",
    received: "Zahlung erhalten",
    refund: "Erstattung",
    refund_back: "Erstattung zurückgekommen",
    disputed: "Zahlung angefochten",
    dispute_won: "Anfechtung beendet, Zahlung bleibt",
    dispute_lost: "Anfechtung beendet, Zahlung zurückgegeben",
    reversed: "Zahlung storniert",
    payment: "Zahlung",
};

const FR: AccountWords = AccountWords {
    receipt: "Reçu",
    what: "Objet",
    paid_by: "Payé par",
    kept: "Conservé en avoir",
    tip: "Pourboire",
    thanks: "Reçu avec nos remerciements.",
    online: "En ligne",
    cash: "Espèces",
    cheque: "Chèque",
    transfer: "Virement",
    statement: "Relevé de compte",
    period: "Période",
    made_on: "Établi le",
    brought_forward: "Solde reporté",
    charged: "Facturé",
    paid: "Payé",
    balance: "Solde",
    balance_due: "Solde dû",
    credit: "Solde en votre faveur",
    received: "Paiement reçu",
    refund: "Remboursement",
    refund_back: "Remboursement revenu",
    disputed: "Paiement contesté",
    dispute_won: "Contestation close, paiement conservé",
    dispute_lost: "Contestation close, paiement rendu",
    reversed: "Paiement annulé",
    payment: "Paiement",
};

const ES: AccountWords = AccountWords {
    receipt: "Recibo",
    what: "Concepto",
    paid_by: "Pagado con",
    kept: "Guardado a su favor",
    tip: "Propina",
    thanks: "Recibido con agradecimiento.",
    online: "En línea",
    cash: "Efectivo",
    cheque: "Cheque",
    transfer: "Transferencia",
    statement: "Estado de cuenta",
    period: "Periodo",
    made_on: "Fecha de emisión",
    brought_forward: "Saldo anterior",
    charged: "Cargos",
    paid: "Pagos",
    balance: "Saldo",
    balance_due: "Saldo pendiente",
    credit: "Saldo a su favor",
    received: "Pago recibido",
    refund: "Reembolso",
    refund_back: "Reembolso devuelto",
    disputed: "Pago impugnado",
    dispute_won: "Impugnación cerrada, el pago se mantiene",
    dispute_lost: "Impugnación cerrada, el pago se devuelve",
    reversed: "Pago anulado",
    payment: "Pago",
};

const IT: AccountWords = AccountWords {
    receipt: "Ricevuta",
    what: "Per",
    paid_by: "Pagato con",
    kept: "Tenuto a suo credito",
    tip: "Mancia",
    thanks: "Ricevuto con i nostri ringraziamenti.",
    online: "Online",
    cash: "Contanti",
    cheque: "Assegno",
    transfer: "Bonifico",
    statement: "Estratto conto",
    period: "Periodo",
    made_on: "Emesso il",
    brought_forward: "Saldo riportato",
    charged: "Addebiti",
    paid: "Pagamenti",
    balance: "Saldo",
    balance_due: "Saldo dovuto",
    credit: "Saldo a suo favore",
    received: "Pagamento ricevuto",
    refund: "Rimborso",
    refund_back: "Rimborso tornato indietro",
    disputed: "Pagamento contestato",
    dispute_won: "Contestazione chiusa, pagamento confermato",
    dispute_lost: "Contestazione chiusa, pagamento restituito",
    reversed: "Pagamento annullato",
    payment: "Pagamento",
};

const NL: AccountWords = AccountWords {
    receipt: "Kwitantie",
    what: "Voor",
    paid_by: "Betaald met",
    kept: "Bewaard als tegoed",
    tip: "Fooi",
    thanks: "Met dank ontvangen.",
    online: "Online",
    cash: "Contant",
    cheque: "Cheque",
    transfer: "Overschrijving",
    statement: "Rekeningoverzicht",
    period: "Periode",
    made_on: "Gemaakt op",
    brought_forward: "Vorig saldo",
    charged: "In rekening gebracht",
    paid: "Betaald",
    balance: "Saldo",
    balance_due: "Openstaand saldo",
    credit: "Tegoed",
    received: "Betaling ontvangen",
    refund: "Terugbetaling",
    refund_back: "Terugbetaling teruggekomen",
    disputed: "Betaling betwist",
    dispute_won: "Betwisting gesloten, betaling blijft",
    dispute_lost: "Betwisting gesloten, betaling teruggegeven",
    reversed: "Betaling teruggedraaid",
    payment: "Betaling",
};

/// The words of the same language.
pub fn words(of: &Words) -> &'static AccountWords {
    match of.code {
        "de" => &DE,
        "fr" => &FR,
        "es" => &ES,
        "it" => &IT,
        "nl" => &NL,
        _ => &EN,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::say, *};

    #[test]
    fn f4_every_language_of_papers_has_words_of_its_own_for_receipts_and_statements() {
        let mut statements: Vec<_> = say::LANGUAGES
            .iter()
            .map(|(code, _)| words(say::words(code)).statement)
            .collect();
        statements.sort_unstable();
        statements.dedup();
        assert_eq!(statements.len(), say::LANGUAGES.len());
    }
}
