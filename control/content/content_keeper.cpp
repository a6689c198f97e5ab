#include "control/content/content_keeper.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "config/wire/paged_image.hpp"
#include "control/day.hpp"

namespace stirline::control::content {

ContentKeeper::ContentKeeper(std::unique_ptr<ContentStore> store, ContentOptions options)
    : store_(std::move(store)), options_(std::move(options)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ContentKeeper::~ContentKeeper() {
  thread_.request_stop();
  thread_.join();
}

void ContentKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    forget();
    look();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, options_.look, [] { return false; });
  }
}

void ContentKeeper::look() {
  const auto change = store_->last_change();
  if (!change) {
    fail(change.error());
  } else if (seen_ != *change && make_table()) {
    seen_ = *change;
  }
}

bool ContentKeeper::make_table() {
  const auto image = make_content_table(*store_, options_.settings, options_.trunks, options_.most_tokens);
  if (!image) {
    fail(image.error());
    return false;
  }
  const auto memory = config::wire::PagedImage::copy(*image);
  if (!memory) {
    fail(memory.error().text);
    return false;
  }
  const auto table = config::policy::content::ContentTable::open(memory->view());
  auto memfd = config::wire::make_sealed_memfd("stirline-content", *image);
  if (!table || !memfd) {
    fail(table ? memfd.error().text : table.error().text);
    return false;
  }
  tallies_.corpora = table->corpora();
  tallies_.tokens = table->tokens();
  tallies_.octets = image->size();
  ++tallies_.tables;
  failing_ = false;
  options_.on_table(std::make_shared<config::wire::SealedTable>(std::move(*memfd), image->size()));
  return true;
}

// Once a day.
void ContentKeeper::forget() {
  const std::int64_t today = options_.now() / kDay;
  if (today == forgotten_day_) {
    return;
  }
  const auto gone = store_->forget_before(today - options_.forget_days);
  if (!gone) {
    fail(gone.error());
    return;
  }
  forgotten_day_ = today;
  tallies_.forgotten += static_cast<std::uint64_t>(*gone);
}

void ContentKeeper::fail(const std::string& error) {
  ++tallies_.store_errors;
  if (!std::exchange(failing_, true)) {
    spdlog::error("corpora stay as they were: {}", error);
  }
}

}  // namespace stirline::control::content
