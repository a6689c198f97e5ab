#include "control/certificates/fetcher.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace stirline::control {

namespace {

constexpr std::size_t kMaxIdleHosts = 1'024;

}  // namespace

Fetcher::Fetcher(EventLoop& loop, FetcherOptions options, Now now)
    : loop_(loop),
      options_(std::move(options)),
      now_(std::move(now)),
      rate_(options_.limits.per_second, now_()),
      driver_(loop) {}

Fetcher::~Fetcher() {
  loop_.cancel(rate_timer_);
}

Fetcher::Host& Fetcher::host_of(const std::string& name) {
  if (hosts_.size() >= kMaxIdleHosts && !hosts_.contains(name)) {
    forget_idle_hosts();
  }
  return hosts_.try_emplace(name, Host{0, 0, RateLimit(options_.limits.per_second_per_host, now_())}).first->second;
}

// What is left is bounded: busy hosts by the queue and the flights, the others by a second's worth of fetches.
void Fetcher::forget_idle_hosts() {
  for (auto at = hosts_.begin(); at != hosts_.end();) {
    Host& host = at->second;
    const bool idle = host.in_flight == 0 && host.queued == 0 && host.rate.full(now_());
    at = idle ? hosts_.erase(at) : std::next(at);
  }
}

void Fetcher::refuse(FetchOutcome outcome, std::string detail, const Done& done) {
  ++counters_.ended[static_cast<std::size_t>(outcome)];
  FetchResult result;
  result.outcome = outcome;
  result.detail = std::move(detail);
  done(result);
}

void Fetcher::fetch(const std::string& url, Done done) {
  if (const auto found = jobs_.find(url); found != jobs_.end()) {
    if (found->second.waiters.size() >= options_.limits.waiters) {
      refuse(FetchOutcome::queue_full, "", done);
      return;
    }
    ++counters_.joined;
    found->second.waiters.push_back(std::move(done));
    return;
  }
  auto judged = judge_x5u(url, options_.rules);
  if (!judged) {
    refuse(FetchOutcome::url_refused, std::string(sentence(judged.error())), done);
    return;
  }
  if (!options_.enabled) {
    refuse(FetchOutcome::switched_off, "", done);
    return;
  }
  Host& host = host_of(judged->host);
  if (queue_.size() >= options_.limits.queue || host.queued >= options_.limits.queue_per_host) {
    refuse(FetchOutcome::queue_full, "", done);
    return;
  }
  Job& job = jobs_[url];
  job.url = std::move(*judged);
  job.waiters.push_back(std::move(done));
  job.host = &host;
  ++host.queued;
  queue_.push_back(&job);
  start_what_may();
}

void Fetcher::start_what_may() {
  const EventLoop::Clock::time_point now = now_();
  std::optional<std::chrono::milliseconds> wait;
  const auto wait_for = [&](RateLimit& rate) { wait = std::min(wait.value_or(rate.wait(now)), rate.wait(now)); };
  for (auto at = queue_.begin(); at != queue_.end() && in_flight_ < options_.limits.in_flight;) {
    Job& job = **at;
    if (!rate_.available(now)) {
      wait_for(rate_);
      break;
    }
    if (job.host->in_flight >= options_.limits.in_flight_per_host) {
      ++at;
      continue;
    }
    if (!job.host->rate.take(now)) {
      wait_for(job.host->rate);
      ++at;
      continue;
    }
    rate_.take(now);
    at = queue_.erase(at);
    start(job);
  }
  loop_.cancel(rate_timer_);
  rate_timer_ = wait ? loop_.after(*wait, [this] { start_what_may(); }) : 0;
}

void Fetcher::start(Job& job) {
  --job.host->queued;
  ++job.host->in_flight;
  ++in_flight_;
  ++counters_.begun;
  counters_.most_in_flight = std::max<std::uint64_t>(counters_.most_in_flight, in_flight_);
  job.transfer = std::make_unique<Transfer>(job.url, options_.transfer, options_.rules.addresses);
  driver_.add(job.transfer->handle(), [this, url = job.url.text](CURLcode code) { finish(url, code); });
}

void Fetcher::finish(const std::string& url, CURLcode code) {
  auto node = jobs_.extract(url);
  Job& job = node.mapped();
  --job.host->in_flight;
  --in_flight_;
  const FetchResult result = job.transfer->take_result(code);
  counters_.with_socket += job.transfer->opened_socket() ? 1U : 0U;
  ++counters_.ended[static_cast<std::size_t>(result.outcome)];
  const bool another_type = !options_.transfer.raw && !is_content_type(result.content_type, kChainContentType);
  counters_.another_type += result.outcome == FetchOutcome::fetched && another_type ? 1U : 0U;
  for (const Done& done : job.waiters) {
    done(result);
  }
  start_what_may();
}

}  // namespace stirline::control
