// samples/live/output_stream.h - where a writer's bytes go: a file that appears whole, or stdout for programs behind a pipe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "models/runtime/output_file.h"

namespace argent {

inline constexpr std::string_view kStdout = "-";

class OutputStream {
 public:
  /// Path "-": stdout. `reader_gone` is called when nobody reads that any more, which is no failure (SIGPIPE has to be ignored). Throws
  /// Error as OutputFile does.
  OutputStream(const std::string& path, Overwrite overwrite, std::function<void()> reader_gone);

  /// "out.y4m", "stdout".
  const std::string& name() const { return name_; }
  /// Throws Error.
  void write(const void* bytes, std::size_t size);
  /// A file gets its name. Throws Error.
  void finish();

 private:
  std::string name_;
  std::optional<OutputFile> file_;  ///< absent: stdout
  std::function<void()> reader_gone_;
};

}  // namespace argent
