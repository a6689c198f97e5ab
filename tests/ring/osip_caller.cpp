#include "tests/ring/osip_caller.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include <osip2/osip.h>
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>

namespace stirline::test {

struct OsipCaller::Stack {
  osip_t* osip = nullptr;
  osip_transaction_t* transaction = nullptr;
  std::string request;
  std::string ack;

  static int send(osip_transaction_t* transaction, osip_message_t* message, char* /*host*/, int /*port*/,
                  int /*socket*/) {
    auto* const osip = static_cast<osip_t*>(transaction->config);
    auto& stack = *static_cast<Stack*>(osip->application_context);
    char* text = nullptr;
    std::size_t length = 0;
    if (osip_message_to_str(message, &text, &length) != OSIP_SUCCESS) {
      return -1;
    }
    (std::strcmp(message->sip_method, "ACK") == 0 ? stack.ack : stack.request).assign(text, length);
    osip_free(text);
    return 0;
  }

  void execute() const {
    osip_ict_execute(osip);
    osip_nict_execute(osip);
  }
};

OsipCaller::OsipCaller(const std::string& request) : stack_(std::make_unique<Stack>()) {
  Stack& stack = *stack_;
  if (osip_init(&stack.osip) != OSIP_SUCCESS) {
    throw std::runtime_error("libosip2 does not start");
  }
  osip_set_application_context(stack.osip, &stack);
  osip_set_cb_send_message(stack.osip, &Stack::send);
  osip_message_t* message = nullptr;
  if (osip_message_init(&message) != OSIP_SUCCESS ||
      osip_message_parse(message, request.data(), request.size()) != OSIP_SUCCESS) {
    osip_message_free(message);
    throw std::runtime_error("libosip2 does not read: " + request);
  }
  const osip_fsm_type_t kind = MSG_IS_INVITE(message) ? ICT : NICT;
  if (osip_transaction_init(&stack.transaction, kind, stack.osip, message) != OSIP_SUCCESS) {
    osip_message_free(message);
    throw std::runtime_error("libosip2 begins no transaction with: " + request);
  }
  osip_transaction_add_event(stack.transaction, osip_new_outgoing_sipmessage(message));
  stack.execute();
}

OsipCaller::~OsipCaller() {
  if (stack_->transaction != nullptr) {
    osip_transaction_free(stack_->transaction);
  }
  if (stack_->osip != nullptr) {
    osip_release(stack_->osip);
  }
}

const std::string& OsipCaller::request() const {
  return stack_->request;
}

bool OsipCaller::hear(const std::string& answer) {
  osip_event_t* const event = osip_parse(answer.data(), answer.size());
  if (event == nullptr) {
    return false;
  }
  if (event->sip == nullptr || osip_find_transaction_and_add_event(stack_->osip, event) != OSIP_SUCCESS) {
    osip_event_free(event);  // and the message with it
    return false;
  }
  stack_->execute();
  return true;
}

int OsipCaller::status() const {
  const osip_message_t* const last = stack_->transaction->last_response;
  return last == nullptr ? 0 : last->status_code;
}

bool OsipCaller::completed() const {
  return stack_->transaction->state == ICT_COMPLETED || stack_->transaction->state == NICT_COMPLETED;
}

std::string OsipCaller::to_tag() const {
  std::array<char, 4> name = {"tag"};
  osip_generic_param_t* tag = nullptr;
  osip_message_t* const last = stack_->transaction->last_response;
  const bool found = last != nullptr && osip_generic_param_get_byname(&last->to->gen_params, name.data(), &tag) == 0;
  return found && tag != nullptr && tag->gvalue != nullptr ? tag->gvalue : "";
}

const std::string& OsipCaller::ack() const {
  return stack_->ack;
}

}  // namespace stirline::test
