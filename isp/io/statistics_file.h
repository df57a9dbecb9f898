// isp/io/statistics_file.h - recorded statistics: binary on disk, JSON for people.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "isp/io/overwrite.h"
#include "isp/statistics.h"

namespace argent {

/// A header (magic "argentst", version, byte size of one record, count), then the records. Little-endian; the capacity of every part
/// is fixed, so a record is the struct itself. Throws Error when the file exists (Overwrite::kNo) or can't be written.
void save_statistics(const std::vector<Statistics>& frames, const std::filesystem::path& path, Overwrite overwrite = Overwrite::kNo);

/// Throws Error for a wrong magic, another version, a size that does not fit the file, or counts out of range.
std::vector<Statistics> load_statistics(const std::filesystem::path& path);

}  // namespace argent
