// models/runtime/output_file.h - private: a file that appears whole or not at all.
//
//   OutputFile file(path, Overwrite::kNo);
//   file.write(bytes, size);
//   file.commit();
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "models/runtime/overwrite.h"

namespace argent {

/// A temporary beside the target, renamed by commit(), removed when commit() was not reached.
class OutputFile {
 public:
  /// Throws Error: exists (Overwrite::kNo), is not a file, the folder is missing or not writable.
  OutputFile(const std::filesystem::path& path, Overwrite overwrite);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // For callbacks of C libraries, through which no exception may pass: false, and from then on always false; check() then throws.
  bool write(const void* bytes, std::size_t size) noexcept;
  std::ptrdiff_t read(void* bytes, std::size_t size) noexcept;  ///< -1: failed
  std::int64_t seek(std::int64_t offset, int whence) noexcept;  ///< -1: failed
  std::int64_t size() const noexcept;

  /// Throws Error when anything above failed.
  void check() const;

  /// Gives the file its name. A file that came into being meanwhile is not overwritten either. Throws Error.
  void commit();

  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(int error) const;
  void close() noexcept;

  std::filesystem::path path_, temporary_;
  Overwrite overwrite_;
  int descriptor_ = -1;
  int error_ = 0;  ///< errno of the first failure
};

/// A file of these bytes. Throws Error as OutputFile does.
void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite);

}  // namespace argent
