#include "config/policy/message_cuts.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/policy/removable_fields.hpp"
#include "sip_parser/body/body_parts.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::config::policy {
namespace {

using sip::BodyNode;
using sip::BodyTree;

constexpr std::string_view kAny = "*";

struct TypeName {
  std::string_view type;
  std::string_view subtype;
};

bool is_session(TypeName name) {
  return sip::detail::equal_ignoring_case(name.type, "application") &&
         sip::detail::equal_ignoring_case(name.subtype, "sdp");
}

bool is_small_token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return sip::detail::is(c, sip::detail::kToken) && sip::detail::lower(c) == c;
  });
}

// Lines that stand one behind the other are one edit.
class LineCuts {
 public:
  explicit LineCuts(sip::EditList& edits) : edits_(edits) {}

  void add(sip::Span line) {
    if (!pending_.empty() && pending_.end() == line.offset) {
      pending_.length = static_cast<std::uint16_t>(pending_.length + line.length);
      return;
    }
    flush();
    pending_ = line;
  }
  // False: not all of them had room.
  [[nodiscard]] bool end() {
    flush();
    return fits_;
  }

 private:
  void flush() {
    fits_ = (pending_.empty() || edits_.remove(pending_)) && fits_;
    pending_ = {};
  }

  sip::EditList& edits_;
  sip::Span pending_;
  bool fits_ = true;
};

class Cutter {
 public:
  Cutter(const RuleSet& rules, std::size_t rule, const sip::Message& message, std::string_view octets)
      : rules_(rules), rule_(rule), message_(message), octets_(octets) {}

  Cuts cut(LengthText& length, sip::EditList& edits) {
    const sip::EditList untouched = edits;
    if (!cut_body(length, edits)) {
      edits = untouched;
      cuts_.parts = 0;
      cuts_.is_incomplete = true;
    }
    const sip::EditList with_body = edits;
    if (!cut_fields(edits)) {
      edits = with_body;
      cuts_.fields = 0;
      cuts_.is_incomplete = true;
    }
    return cuts_;
  }

 private:
  // The texts of that kind one by one, until `is_it` holds for one of them.
  template <typename Predicate>
  [[nodiscard]] bool any_text(RuleText kind, Predicate&& is_it) const {
    for (std::size_t number = 0;; ++number) {
      const std::string_view text = rules_.text(rule_, kind, number);
      if (text.empty() || is_it(text)) {
        return !text.empty();
      }
    }
  }

  bool cut_fields(sip::EditList& edits) {
    LineCuts lines(edits);
    if (rules_.text(rule_, RuleText::strip_header).empty()) {
      return true;
    }
    for (const sip::HeaderLine& line : message_.headers()) {
      const std::string_view written = sip::text(octets_, line.name());
      if (any_text(RuleText::strip_header, [&](std::string_view name) { return is_field(written, name); })) {
        lines.add(line.whole());
        ++cuts_.fields;
      }
    }
    return lines.end();
  }

  // A part that does not say what it is: text, or a message within a digest (RFC 2046 5.1.5).
  [[nodiscard]] TypeName type_of(const BodyTree& tree, const BodyNode& node) const {
    if (node.type) {
      return {sip::text(octets_, node.type->type), sip::text(octets_, node.type->subtype)};
    }
    const bool in_digest =
        node.parent != BodyNode::kBody && sip::is_media_type(octets_, *tree[node.parent].type, "multipart", "digest");
    return in_digest ? TypeName{"message", "rfc822"} : TypeName{"text", "plain"};
  }

  [[nodiscard]] bool is_unwanted(TypeName name) const {
    return any_text(RuleText::remove_body_part, [&](std::string_view range) {
      const std::size_t slash = range.find('/');
      const std::string_view type = range.substr(0, slash);
      const std::string_view subtype = range.substr(slash + 1);
      return (type == kAny || sip::detail::equal_ignoring_case(name.type, type)) &&
             (subtype == kAny || sip::detail::equal_ignoring_case(name.subtype, subtype));
    });
  }

  // What becomes of each node, the last one first: a multipart stands in front of its parts.
  struct Fate {
    bool goes = false;
    bool has_session = false;  // in it
    std::uint8_t parts = 0;    // right in it, of those that go and of all
    std::uint8_t going = 0;
  };
  using Fates = std::array<Fate, sip::kMaxBodyNodes>;

  void decide(const BodyTree& tree, Fates& fates) const {
    for (std::size_t i = tree.size(); i-- != 0;) {
      const BodyNode& node = tree[i];
      Fate& fate = fates[i];
      const TypeName name = type_of(tree, node);
      fate.has_session = fate.has_session || is_session(name);
      fate.goes = (!fate.has_session && is_unwanted(name)) || (node.is_multipart && fate.going == fate.parts);
      if (node.parent != BodyNode::kBody) {
        Fate& around = fates[node.parent];
        around.has_session = around.has_session || fate.has_session;
        ++around.parts;
        around.going = static_cast<std::uint8_t>(around.going + (fate.goes ? 1 : 0));
      }
    }
  }

  [[nodiscard]] bool cut_body(LengthText& length, sip::EditList& edits) {
    if (message_.body().empty() || rules_.text(rule_, RuleText::remove_body_part).empty()) {
      return true;
    }
    const auto tree = sip::read_body_tree(message_, octets_);
    if (!tree) {
      cuts_.body_unread = true;
      return true;
    }
    Fates fates{};
    decide(*tree, fates);
    LineCuts parts(edits);
    std::size_t gone = 0;
    for (std::size_t i = 0; i < tree->size(); ++i) {
      const BodyNode& node = (*tree)[i];
      const bool is_inside = node.parent != BodyNode::kBody && fates[node.parent].goes;
      if (fates[i].goes && !is_inside) {
        parts.add(node.cut);
        gone += node.cut.length;
        ++cuts_.parts;
      }
      fates[i].goes = fates[i].goes || is_inside;
    }
    return parts.end() &&
           (gone == 0 || (correct_length(gone, length, edits) && (!fates[0].goes || cut_description(edits))));
  }

  [[nodiscard]] bool correct_length(std::size_t gone, LengthText& length, sip::EditList& edits) const {
    const sip::HeaderLine* const line = message_.first(sip::HeaderId::content_length);
    if (line == nullptr) {
      return true;
    }
    const auto written = std::to_chars(length.data(), length.data() + length.size(), message_.body().length - gone);
    return written.ec == std::errc{} && edits.replace(line->value(), {length.data(), written.ptr});
  }

  // Fields that describe a body that is gone.
  [[nodiscard]] bool cut_description(sip::EditList& edits) const {
    LineCuts lines(edits);
    for (const sip::HeaderLine& line : message_.headers()) {
      if (line.id == sip::HeaderId::content_type || line.id == sip::HeaderId::content_disposition ||
          line.id == sip::HeaderId::content_encoding || line.id == sip::HeaderId::content_transfer_encoding) {
        lines.add(line.whole());
      }
    }
    return lines.end();
  }

  const RuleSet& rules_;
  std::size_t rule_;
  const sip::Message& message_;
  std::string_view octets_;
  Cuts cuts_;
};

}  // namespace

bool is_removable_type(std::string_view range) {
  const std::size_t slash = range.find('/');
  if (slash == std::string_view::npos) {
    return false;
  }
  const TypeName name{range.substr(0, slash), range.substr(slash + 1)};
  return is_small_token(name.type) && is_small_token(name.subtype) && (name.type != kAny || name.subtype == kAny) &&
         !is_session(name);
}

bool has_cuts(const RuleSet& rules, std::size_t rule) {
  return !rules.text(rule, RuleText::strip_header).empty() || !rules.text(rule, RuleText::remove_body_part).empty();
}

Cuts cut(const RuleSet& rules, std::size_t rule, const sip::Message& message, std::string_view octets,
         LengthText& length, sip::EditList& edits) {
  return Cutter(rules, rule, message, octets).cut(length, edits);
}

}  // namespace stirline::config::policy
