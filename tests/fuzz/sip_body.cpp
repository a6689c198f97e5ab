// Any octets as Content-Type and body of a request (the first line is the type): parts lie in their body and in order,
// and put together anew they are the same parts.
#include <algorithm>
#include <string>

#include "sip_parser/body/body_parts.hpp"
#include "sip_parser/body/media_keys.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_body {
namespace {

using namespace stirline::sip;

void check_parts(const Message& message, std::string_view octets, const BodyParts& parts) {
  std::size_t behind = message.body().offset;
  for (const BodyPart& part : parts.view()) {
    check(sip::test::within(part.content, message.body()) && sip::test::within(part.headers, message.body()),
          "a part lies in the body");
    check(part.content.offset >= behind && part.depth <= kMaxMultipartDepth, "parts stand in order");
    behind = part.content.end();
    if (part.depth > 0) {
      check(octets.substr(behind).starts_with("\r\n--"), "a part ends where a delimiter begins");
    } else {
      check(part.content == message.body() && parts.size() == 1, "a body that is not multipart is one part");
    }
  }
}

// The contents under a boundary that occurs nowhere.
void put_together_anew(std::string_view octets, const BodyParts& parts) {
  constexpr std::string_view kBoundary = "=_'no.such/boundary'_=";
  if (parts.empty() || octets.find(kBoundary) != std::string_view::npos) {
    return;
  }
  std::string body;
  for (const BodyPart& part : parts.view()) {
    body.append("--").append(kBoundary).append("\r\n\r\n").append(text(octets, part.content)).append("\r\n");
  }
  body.append("--").append(kBoundary).append("--");
  const ExactBlock block(
      sip::test::invite("Content-Type: multipart/x;boundary=\"" + std::string(kBoundary) + "\"\r\n", body));
  static Message message;
  const auto result = message.parse(block.view());
  if (!result) {
    check(result.error().code == ErrorCode::too_long, "nothing but its length is against it");
    return;
  }
  const auto again = read_body_parts(message, block.view());
  check(again && again->size() == parts.size(), "as many parts come out as went in");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check(text(block.view(), (*again)[i].content) == text(octets, parts[i].content), "and the same ones");
  }
}

// Each part in turn: the others stay, as they were.
void take_out_each(const Message& message, std::string_view octets, const BodyParts& parts) {
  const auto tree = read_body_tree(message, octets);
  check(tree.has_value(), "what has parts is a tree");
  std::size_t leaf = 0;
  for (const BodyNode& node : tree->view()) {
    check(sip::test::within(node.cut, message.body()), "what is taken out lies in the body");
    if (node.is_multipart) {
      continue;
    }
    const BodyPart& part = parts[leaf++];
    check(sip::test::within(part.content, node.cut), "the nodes are the parts in their order");
    const auto siblings = std::ranges::count(tree->view(), node.parent, &BodyNode::parent);
    if (node.parent == BodyNode::kBody || siblings == 1) {
      continue;
    }
    std::string less(octets);
    less.erase(node.cut.offset, node.cut.length);
    const ExactBlock block(less);
    static Message again;
    check(again.parse(block.view()).has_value(), "it is still a message");
    const auto others = read_body_parts(again, block.view());
    check(others && others->size() + 1 == parts.size(), "one part less");
    for (std::size_t i = 0; i < others->size(); ++i) {
      const BodyPart& same = parts[i < leaf - 1 ? i : i + 1];
      check(text(block.view(), (*others)[i].content) == text(octets, same.content), "the others as they were");
    }
  }
  check(leaf == parts.size(), "each part is a node");
}

void check_description(std::string_view octets, Span where) {
  const auto description = read_sdp(octets, where);
  if (!description) {
    check(description.error().offset <= octets.size(), "an error lies in the message");
    return;
  }
  std::uint8_t media = Fingerprint::kSessionLevel;
  for (const Fingerprint& fingerprint : description->fingerprints.view()) {
    check(sip::test::within(fingerprint.hash, where) && sip::test::within(fingerprint.value, where),
          "a fingerprint lies inside");
    check(fingerprint.value.length % 3 == 2, "a fingerprint is pairs of digits");
    check(fingerprint.media == Fingerprint::kSessionLevel || fingerprint.media < description->media.size(),
          "a fingerprint belongs to a medium");
    check(media == Fingerprint::kSessionLevel || fingerprint.media >= media, "session level comes first");
    media = fingerprint.media;
  }
  for (const SdpMedia& one : description->media.view()) {
    check(sip::test::within(one.media, where) && sip::test::within(one.protocol, where) &&
              sip::test::within(one.formats, where),
          "a medium lies inside");
    check(!one.connection || sip::test::within(one.connection->address, where), "a connection lies inside");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find("\r\n"), size);
  const std::string_view body = input.substr(std::min(line + 2, size));
  const ExactBlock block(sip::test::invite("Content-Type: " + std::string(input.substr(0, line)) + "\r\n", body));
  static Message message;
  if (!message.parse(block.view()) || message.body().length != body.size()) {
    return 0;
  }
  check_description(block.view(), message.body());
  const auto parts = read_body_parts(message, block.view());
  const auto keys = read_media_keys(message, block.view());
  if (!parts) {
    check(!keys && keys.error().code == parts.error().code, "where no parts are there are no keys");
    check(parts.error().offset <= block.view().size(), "an error lies in the message");
    return 0;
  }
  check_parts(message, block.view(), *parts);
  take_out_each(message, block.view(), *parts);
  put_together_anew(block.view(), *parts);
  if (keys) {
    for (const Fingerprint& fingerprint : keys->fingerprints.view()) {
      check(sip::test::within(fingerprint.value, message.body()), "a key lies in the body");
    }
  }
  return 0;
}

const Target kTarget("sip_body", run);

}  // namespace
}  // namespace stirline::fuzz::sip_body
