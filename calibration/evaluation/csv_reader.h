// calibration/evaluation/csv_reader.h - private: comma-separated lines of a stranger's file, one at a time.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace argent {

/// Source: RFC 4180, but no cell holds a line break, and cells outside quotes lose the spaces around them. Empty lines are passed over.
class CsvReader {
 public:
  static constexpr std::size_t kLongestLine = 4096;  ///< bytes; what is longer is no table, and takes no memory

  /// Throws Error when it can't be read or is no plain file.
  explicit CsvReader(const std::filesystem::path& path);

  /// The cells of the next line; nullopt after the last. Throws Error "<path>:<line>: ..." for a line that is none; a call after that
  /// goes on behind it.
  std::optional<std::vector<std::string>> next();

  /// "<path>:<line>" of what next() gave.
  std::string place() const;

 private:
  enum class Line { kEnd, kWhole, kTooLong };
  Line read_line();

  std::string path_, text_;
  std::ifstream file_;
  int line_ = 0;
};

}  // namespace argent
