// isp/io/statistics_file.h - recorded statistics: binary on disk, JSON for people.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "isp/statistics.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// A header (magic "argentst", version, byte size of one record, count), then the records. Little-endian; the capacity of every part
/// is fixed, so a record is the struct itself. Throws Error when the file exists (Overwrite::kNo) or can't be written.
void save_statistics(const std::vector<Statistics>& frames, const std::filesystem::path& path, Overwrite overwrite = Overwrite::kNo);

/// The same file, record by record, for as many as come. Without commit() nothing stays.
class StatisticsFile {
 public:
  /// Throws Error as save_statistics does, here and below.
  explicit StatisticsFile(const std::filesystem::path& path, Overwrite overwrite = Overwrite::kNo);
  ~StatisticsFile();
  StatisticsFile(StatisticsFile&&) noexcept;
  StatisticsFile& operator=(StatisticsFile&&) noexcept;

  void add(const Statistics& statistics);
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Throws Error for a wrong magic, another version, a size that does not fit the file, or counts out of range.
std::vector<Statistics> load_statistics(const std::filesystem::path& path);

}  // namespace argent
