// Where the documents of users are kept: one interface, SQLite behind it; a fleet may put its own store there
// (design.md 1).
//
// Nothing assumes that it is alone: a change names the tag of what it was made from, and is turned down if something
// else is there by then. Any thread, several at a time. Errors are sentences for the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stirline::control {

struct DocumentKey {
  std::string usage;  // AUID
  std::string owner;  // XUI
  std::string name;
  friend auto operator<=>(const DocumentKey&, const DocumentKey&) = default;
};

struct StoredDocument {
  DocumentKey key;
  std::string body;
  std::string etag;  // with its quotes; another one after each change, and the same after a restart (SPIT-XC-06)
};

class DocumentStore {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;

  virtual ~DocumentStore() = default;
  DocumentStore(const DocumentStore&) = delete;
  DocumentStore& operator=(const DocumentStore&) = delete;

  [[nodiscard]] virtual Result<std::optional<StoredDocument>> find(const DocumentKey& key) const = 0;

  // Keeps `body` if the document's tag is `expected`, empty if there must be none; its new tag, or nothing if it is
  // otherwise.
  [[nodiscard]] virtual Result<std::optional<std::string>> put(const DocumentKey& key, const std::string& body,
                                                               const std::string& expected) = 0;
  // False: its tag is not `expected`.
  [[nodiscard]] virtual Result<bool> remove(const DocumentKey& key, const std::string& expected) = 0;

  // How many documents of a usage somebody has; how many there are of all.
  [[nodiscard]] virtual Result<std::size_t> count(const std::string& usage, const std::string& owner) const = 0;
  [[nodiscard]] virtual Result<std::size_t> count() const = 0;

  // Every document of a usage, by owner and name, as it is when its turn comes: what changes meanwhile is seen before
  // or after its change, and is told to the listener besides. `take` must not call the store.
  [[nodiscard]] virtual Result<void> for_each(const std::string& usage,
                                              const std::function<void(const StoredDocument&)>& take) const = 0;

  // Those of a usage that one user has, by name.
  [[nodiscard]] virtual Result<std::vector<StoredDocument>> documents_of(const std::string& usage,
                                                                         const std::string& owner) const = 0;

  // What is kept under that name beside the documents, which is `fresh` if nothing was: a secret that is drawn once.
  [[nodiscard]] virtual Result<std::string> keep(const std::string& name, const std::string& fresh) = 0;

  // Told after each change that is kept, on the thread that made it. Set before there are other threads.
  using Listener = std::function<void(const std::string& usage, const std::string& owner)>;
  virtual void on_change(Listener listener) = 0;

 protected:
  DocumentStore() = default;
};

// Opens the file for this process alone, mode 0600; an empty path is a store in memory. A change that was told to be
// kept is on the disk.
[[nodiscard]] std::expected<std::unique_ptr<DocumentStore>, std::string> open_document_store(
    const std::filesystem::path& file);

}  // namespace stirline::control
