#include "tests/support/policy/labelled_texts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace stirline::test {
namespace {

constexpr std::size_t kSentences = 10;
constexpr std::size_t kKeptBack = 5;  // each fifth sentence

struct Words {
  std::array<std::string_view, kSentences> spam;
  std::array<std::string_view, kSentences> ham;
  std::array<std::string_view, 6> names;
  std::array<std::string_view, 5> goods;
  std::array<std::string_view, 5> places;
};

// {n} name, {g} goods, {p} place, {m} amount, {u} URL, {t} time, {c} code, {f} telephone number
constexpr std::array<Words, kLanguages> kWords = {{
    {{"Congratulations! You have won {m} dollars, claim your prize now at {u}",
      "Your account has been suspended, verify your card details here: {u}",
      "Cheap {g} without prescription, discreet delivery worldwide {u}",
      "Earn {m} a week from home, no experience needed, call {f}",
      "Your parcel is held at customs, pay the fee of {m} now: {u}",
      "Exclusive casino bonus: {m} free spins waiting for you, register at {u}",
      "Limited offer! Loan of {m} approved without credit check, reply YES",
      "Hot singles near {p} want to meet you tonight, click {u}",
      "Invest in crypto today and double your money guaranteed, join {u}",
      "Final notice: your subscription will be charged {m}, cancel immediately at {u}"},
     {"Are we still meeting at {t} in {p}?", "I transferred the {m} for the rent this morning, please check",
      "{n} asked whether you can bring the {g} tomorrow", "Your code is {c}. Do not share it with anybody",
      "The invoice for {m} is attached, payment within thirty days as usual",
      "Running late, the train from {p} stopped again. See you at {t}",
      "Thanks for dinner yesterday, {n} loved it! Next time at our place",
      "Reminder: dentist appointment tomorrow at {t}, call {f} to change it",
      "Your parcel with the {g} was left with your neighbour {n}",
      "Did you see the game? {n} won the raffle at school, a prize of {m}"},
     {"Anna", "James", "Olivia", "Peter", "Grace", "Henry"},
     {"pills", "watches", "shoes", "books", "tickets"},
     {"London", "Boston", "the station", "the office", "Leeds"}},
    {{"Herzlichen Glückwunsch! Sie haben {m} Euro gewonnen, jetzt abholen unter {u}",
      "Ihr Konto wurde gesperrt, bestätigen Sie Ihre Daten sofort hier: {u}",
      "Günstige {g} ohne Rezept, diskreter Versand {u}", "Verdienen Sie {m} pro Woche von zu Hause, rufen Sie an: {f}",
      "Ihr Paket liegt beim Zoll, zahlen Sie die Gebühr von {m}: {u}",
      "Exklusiver Casino-Bonus: {m} Freispiele warten auf Sie, anmelden unter {u}",
      "Nur heute! Sofortkredit über {m} ohne Schufa, antworten Sie mit JA",
      "Heiße Kontakte aus {p} wollen dich heute treffen, klick {u}",
      "Jetzt in Krypto investieren und Geld garantiert verdoppeln: {u}",
      "Letzte Mahnung: Ihr Abo kostet {m}, sofort kündigen unter {u}"},
     {"Treffen wir uns um {t} in {p}?", "Die Miete von {m} habe ich heute früh überwiesen, schau bitte nach",
      "{n} fragt, ob du morgen die {g} mitbringen kannst", "Ihr Code lautet {c}. Geben Sie ihn nicht weiter",
      "Anbei die Rechnung über {m}, zahlbar wie immer in dreißig Tagen",
      "Komme später, der Zug aus {p} steht wieder. Bis {t}",
      "Danke für das Essen gestern, {n} fand es wunderbar! Nächstes Mal bei uns",
      "Erinnerung: Zahnarzttermin morgen um {t}, Absage unter {f}",
      "Ihr Paket mit den {g} wurde bei Ihrer Nachbarin {n} abgegeben",
      "Hast du das Spiel gesehen? {n} hat bei der Tombola {m} gewonnen"},
     {"Lena", "Karl", "Greta", "Jonas", "Frieda", "Uwe"},
     {"Tabletten", "Uhren", "Schuhe", "Bücher", "Karten"},
     {"Berlin", "Köln", "der Stadt", "Wien", "Ulm"}},
    {{"¡Felicidades! Ha ganado {m} euros, reclame su premio ahora en {u}",
      "Su cuenta ha sido bloqueada, verifique sus datos aquí: {u}", "{g} baratas sin receta, envío discreto {u}",
      "Gane {m} por semana desde casa, sin experiencia, llame al {f}",
      "Su paquete está retenido en aduana, pague la tasa de {m}: {u}",
      "Bono exclusivo de casino: {m} giros gratis le esperan, regístrese en {u}",
      "¡Solo hoy! Préstamo de {m} aprobado sin aval, responda SI",
      "Solteras de {p} quieren conocerte esta noche, pulsa {u}",
      "Invierta en cripto hoy y duplique su dinero garantizado: {u}",
      "Último aviso: su suscripción costará {m}, cancele ya en {u}"},
     {"¿Quedamos a las {t} en {p}?", "Esta mañana he transferido los {m} del alquiler, mira la cuenta por favor",
      "{n} pregunta si puedes traer las {g} mañana", "Su código es {c}. No lo comparta con nadie",
      "Adjunto la factura de {m}, a pagar en treinta días como siempre",
      "Llego tarde, el tren de {p} se ha parado otra vez. Hasta las {t}",
      "Gracias por la cena de ayer, a {n} le encantó. La próxima en nuestra casa",
      "Recordatorio: cita con el dentista mañana a las {t}, llame al {f} para cambiarla",
      "Su paquete con las {g} se dejó a su vecina {n}",
      "¿Viste el partido? A {n} le tocaron {m} en la rifa del colegio"},
     {"Lucía", "Pablo", "Carmen", "Diego", "Elena", "Jorge"},
     {"pastillas", "relojes", "botas", "novelas", "entradas"},
     {"Madrid", "Sevilla", "la plaza", "Bilbao", "la oficina"}},
    {{"Félicitations ! Vous avez gagné {m} euros, réclamez votre prix sur {u}",
      "Votre compte a été suspendu, vérifiez vos données ici : {u}",
      "{g} pas chères sans ordonnance, livraison discrète {u}",
      "Gagnez {m} par semaine à domicile, sans expérience, appelez le {f}",
      "Votre colis est bloqué à la douane, payez les frais de {m} : {u}",
      "Bonus casino exclusif : {m} tours gratuits vous attendent, inscription {u}",
      "Offre limitée ! Crédit de {m} accepté sans justificatif, répondez OUI",
      "Des célibataires de {p} veulent te rencontrer ce soir, clique {u}",
      "Investissez dans la crypto et doublez votre argent, garanti : {u}",
      "Dernier avis : votre abonnement coûtera {m}, résiliez vite sur {u}"},
     {"On se retrouve à {t} à {p} ?", "J'ai viré les {m} du loyer ce matin, regarde ton compte s'il te plaît",
      "{n} demande si tu peux apporter les {g} demain", "Votre code est {c}. Ne le communiquez à personne",
      "Ci-joint la facture de {m}, payable à trente jours comme d'habitude",
      "Je suis en retard, le train de {p} est encore arrêté. À {t}",
      "Merci pour le dîner d'hier, {n} a adoré ! La prochaine fois chez nous",
      "Rappel : rendez-vous chez le dentiste demain à {t}, le {f} pour changer",
      "Votre colis avec les {g} a été remis à votre voisine {n}",
      "Tu as vu le match ? {n} a gagné {m} à la tombola de l'école"},
     {"Chloé", "Hugo", "Manon", "Louis", "Inès", "Paul"},
     {"pilules", "montres", "bottes", "affiches", "places"},
     {"Paris", "Lyon", "la gare", "Nantes", "Lille"}},
    {{"Поздравляем! Вы выиграли {m} рублей, заберите приз на {u}",
      "Ваш счёт заблокирован, срочно подтвердите данные карты: {u}", "Дешёвые {g} без рецепта, анонимная доставка {u}",
      "Заработок {m} в неделю на дому без опыта, звоните {f}", "Ваша посылка на таможне, оплатите пошлину {m}: {u}",
      "Эксклюзивный бонус казино: {m} бесплатных вращений ждут вас, регистрация {u}",
      "Только сегодня! Кредит {m} одобрен без справок, ответьте ДА",
      "Девушки из {p} хотят познакомиться сегодня ночью, жми {u}",
      "Инвестируйте в криптовалюту и удвойте деньги гарантированно: {u}",
      "Последнее предупреждение: подписка будет стоить {m}, отмените на {u}"},
     {"Встречаемся в {t} у {p}?", "Утром перевёл {m} за квартиру, проверь пожалуйста",
      "{n} спрашивает, сможешь ли ты завтра принести {g}", "Ваш код {c}. Никому его не сообщайте",
      "Во вложении счёт на {m}, оплата как обычно в течение тридцати дней",
      "Опаздываю, поезд из {p} опять стоит. Буду в {t}",
      "Спасибо за вчерашний ужин, {n} в восторге! В следующий раз у нас",
      "Напоминаем: приём у стоматолога завтра в {t}, перенести можно по {f}",
      "Вашу посылку, {g}, оставили у соседки, её зовут {n}", "Видел матч? {n} выиграла {m} в школьной лотерее"},
     {"Анна", "Иван", "Ольга", "Пётр", "Мария", "Сергей"},
     {"таблетки", "часы", "туфли", "книги", "билеты"},
     {"Москвы", "Казани", "вокзала", "Твери", "офиса"}},
    {{"مبروك! لقد ربحت {m} دولار، استلم جائزتك الآن على {u}", "تم إيقاف حسابك، أكد بيانات بطاقتك هنا: {u}",
      "{g} رخيصة بدون وصفة، توصيل سري {u}", "اربح {m} في الأسبوع من المنزل بدون خبرة، اتصل {f}",
      "طردك محتجز في الجمارك، ادفع الرسوم {m} الآن: {u}", "مكافأة كازينو حصرية: {m} دورة مجانية بانتظارك، سجل في {u}",
      "عرض محدود! قرض بقيمة {m} بدون ضمانات، أجب نعم", "فتيات من {p} يرغبن في التعارف الليلة، اضغط {u}",
      "استثمر في العملات الرقمية وضاعف أموالك بضمان: {u}", "إنذار أخير: سيكلفك اشتراكك {m}، ألغه فورا على {u}"},
     {"هل نلتقي الساعة {t} في {p}؟", "حولت إيجار الشقة {m} هذا الصباح، تأكد من فضلك",
      "تسأل {n} إن كنت تستطيع إحضار {g} غدا", "رمزك هو {c}. لا تشاركه مع أحد",
      "مرفق فاتورة بمبلغ {m}، الدفع خلال ثلاثين يوما كالعادة", "سأتأخر، القطار من {p} توقف مرة أخرى. أراك الساعة {t}",
      "شكرا على عشاء أمس، {n} أحبته كثيرا! المرة القادمة عندنا",
      "تذكير: موعد طبيب الأسنان غدا الساعة {t}، للتغيير اتصل {f}", "تركنا طردك وفيه {g} عند جارتك {n}",
      "هل شاهدت المباراة؟ ربحت {n} في مسابقة المدرسة {m}"},
     {"ليلى", "سارة", "هدى", "مريم", "نور", "سلمى"},
     {"حبوب", "ساعات", "أحذية", "كتب", "تذاكر"},
     {"القاهرة", "دبي", "المحطة", "المكتب", "بيروت"}},
    {{"恭喜您获得{m}元大奖，立即领取{u}", "您的账户已被冻结，请点击验证银行卡信息：{u}",
      "低价{g}无需处方，保密发货 {u}", "在家兼职每周赚{m}元，无需经验，电话{f}",
      "您的包裹被海关扣留，请支付费用{m}元：{u}", "独家赌场优惠：{m}次免费旋转等着您，注册{u}",
      "限时优惠！无抵押贷款{m}元已批准，回复是", "{p}附近的美女想今晚约你，点击{u}", "投资虚拟货币保证翻倍，加入{u}",
      "最后通知：您的会员将扣费{m}元，立即取消{u}"},
     {"我们{t}在{p}见面好吗？", "房租{m}元今天早上已经转给你了，麻烦查收", "{n}问你明天能不能带{g}过来",
      "您的验证码是{c}，请勿告诉他人", "附件是{m}元的发票，照旧三十天内付款", "我要迟到了，从{p}来的火车又停了，{t}见",
      "谢谢昨天的晚饭，{n}非常喜欢，下次来我们家", "提醒：明天{t}看牙医，改时间请打{f}", "您的{g}包裹已放在邻居{n}家",
      "昨天的比赛看了吗？{n}在学校抽奖得了{m}元"},
     {"小明", "丽丽", "建国", "秀英", "志强", "晓红"},
     {"药片", "手表", "鞋子", "书", "门票"},
     {"北京", "上海", "车站", "办公室", "广州"}},
    {{"おめでとうございます！{m}円が当選しました。今すぐ受け取り {u}",
      "お客様の口座が停止されました。カード情報をご確認ください {u}", "処方箋なしで格安の{g}、秘密厳守で配送 {u}",
      "在宅で週{m}円稼げます。未経験歓迎、お電話は{f}",
      "お荷物が税関で止まっています。手数料{m}円をお支払いください {u}",
      "カジノ限定ボーナス：{m}回無料スピン、登録はこちら {u}", "本日限り！審査なしで{m}円即日融資、返信してください",
      "{p}の女性が今夜会いたがっています。クリック {u}", "仮想通貨に投資して資金を確実に倍増、参加は {u}",
      "最終通告：会費{m}円が請求されます。至急解約 {u}"},
     {"{t}に{p}で待ち合わせでいい？", "今朝、家賃の{m}円を振り込みました。確認お願いします",
      "{n}が明日{g}を持ってきてほしいそうです", "認証コードは{c}です。他人に教えないでください",
      "{m}円の請求書を添付します。いつも通り三十日以内にお願いします",
      "遅れます。{p}からの電車がまた止まりました。{t}に会いましょう",
      "昨日の夕食ありがとう。{n}がとても喜んでいました。次はうちで",
      "お知らせ：明日{t}に歯医者の予約があります。変更は{f}まで", "{g}のお荷物をお隣の{n}さんにお預けしました",
      "試合見た？{n}が学校のくじ引きで{m}円当たったよ"},
     {"花子", "太郎", "さくら", "健太", "美咲", "翔"},
     {"錠剤", "時計", "靴", "本", "切符"},
     {"東京", "大阪", "駅前", "会社", "京都"}},
}};

constexpr std::array<std::string_view, 12> kHosts = {"win-now.example",  "bonus.example.net", "secure-login.example",
                                                     "fast.example.org", "lucky77.example",   "x9.example.com",
                                                     "pay.example.info", "best-deal.example", "go.example.biz",
                                                     "club.example",     "t0p.example",       "verify.example.net"};

// Letters of other alphabets that look the same.
constexpr std::array<std::pair<char, std::string_view>, 7> kLikes = {
    {{'a', "а"}, {'e', "е"}, {'o', "о"}, {'p', "р"}, {'c', "с"}, {'x', "х"}, {'i', "і"}}};
constexpr std::array<std::pair<char, char>, 5> kDigits = {{{'a', '4'}, {'e', '3'}, {'i', '1'}, {'o', '0'}, {'s', '5'}}};

std::string full_width(char letter) {
  const unsigned point = 0xFF00U + static_cast<unsigned char>(letter) - 0x20U;
  return {static_cast<char>(0xE0U | point >> 12U), static_cast<char>(0x80U | (point >> 6U & 0x3FU)),
          static_cast<char>(0x80U | (point & 0x3FU))};
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string_view to_string(Language language) {
  constexpr std::array<std::string_view, kLanguages> kNames = {"English", "German", "Spanish", "French",
                                                               "Russian", "Arabic", "Chinese", "Japanese"};
  return kNames[static_cast<std::size_t>(language)];
}

std::size_t LabelledTexts::throw_dice(std::size_t sides) {
  return static_cast<std::size_t>(dice_() % sides);
}

std::string LabelledTexts::gap(std::string_view name, Language language, bool is_spam) {
  const Words& words = kWords[static_cast<std::size_t>(language)];
  switch (name.front()) {
    case 'n':
      return std::string(words.names[throw_dice(words.names.size())]);
    case 'g':
      return std::string(words.goods[throw_dice(words.goods.size())]);
    case 'p':
      return std::string(words.places[throw_dice(words.places.size())]);
    case 'm':
      return std::to_string((1 + throw_dice(99)) * (is_spam ? 100 : 10));
    case 'u':
      return fmt::format("http://{}/{:x}", kHosts[throw_dice(kHosts.size())], throw_dice(1U << 20U));
    case 't':
      return fmt::format("{}:{:02}", 7 + throw_dice(14), 5 * throw_dice(12));
    case 'c':
      return fmt::format("{:06}", throw_dice(1'000'000));
    default:
      return fmt::format("+1 215 555 {:04}", throw_dice(10'000));
  }
}

std::string LabelledTexts::filled(std::string_view text, Language language, bool is_spam) {
  std::string whole;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '{') {
      whole += gap(text.substr(at + 1, 1), language, is_spam);
      at += 3;
    } else {
      whole += text[at++];
    }
  }
  return whole;
}

std::string LabelledTexts::sentence(Language language, bool is_spam, Purpose purpose) {
  const Words& words = kWords[static_cast<std::size_t>(language)];
  std::size_t which = throw_dice(kSentences);
  while (purpose == Purpose::training && which % kKeptBack == kKeptBack - 1) {
    which = throw_dice(kSentences);
  }
  return filled(is_spam ? words.spam[which] : words.ham[which], language, is_spam);
}

// Each word in one of the ways in which words are hidden; links stay as they are, or nobody could follow them.
std::string LabelledTexts::disguised(const std::string& text) {
  constexpr std::string_view kInvisible = "\u200B";
  std::string whole;
  std::size_t way = 5;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.compare(i, 7, "http://") == 0) {
      return whole + text.substr(i);
    }
    if (c == ' ' || i == 0) {
      way = throw_dice(5);
    }
    const auto* const like = std::ranges::find(kLikes, c, &std::pair<char, std::string_view>::first);
    const auto* const digit = std::ranges::find(kDigits, c, &std::pair<char, char>::first);
    if (way == 0 && like != kLikes.end()) {
      whole += like->second;
    } else if (way == 1 && digit != kDigits.end()) {
      whole += digit->second;
    } else if (way == 2 && is_letter(c)) {
      whole += full_width(c);
    } else if (way == 3 && is_letter(c)) {
      whole += c;
      whole += kInvisible;
    } else {
      whole += c;
    }
  }
  return whole;
}

LabelledText LabelledTexts::make(Language language, bool is_spam, Purpose purpose) {
  LabelledText made{.text = sentence(language, is_spam, purpose), .language = language, .is_spam = is_spam};
  if (throw_dice(2) == 0) {
    made.text += "\n" + sentence(language, is_spam, purpose);
  }
  // A fifth of the spam that is met begins like a letter from a friend, or hides its words.
  if (is_spam && purpose == Purpose::testing) {
    if (throw_dice(5) == 0) {
      made.text = sentence(language, false, purpose) + "\n" + made.text;
    }
    made.is_disguised = throw_dice(5) == 0;
    made.text = made.is_disguised ? disguised(made.text) : made.text;
  }
  return made;
}

std::vector<LabelledText> LabelledTexts::make_set(std::size_t of_each, Purpose purpose) {
  std::vector<LabelledText> set;
  for (std::size_t i = 0; i < of_each; ++i) {
    for (std::size_t language = 0; language < kLanguages; ++language) {
      set.push_back(make(static_cast<Language>(language), i % 2 == 0, purpose));
    }
  }
  return set;
}

std::string LabelledTexts::make_long(Language language, bool is_spam, std::size_t octets) {
  std::string text;
  while (text.size() < octets) {
    text += make(language, is_spam, Purpose::testing).text + "\n";
  }
  while (text.size() > octets || (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0)) {
    text.pop_back();
  }
  return text;
}

}  // namespace stirline::test
