#include "isp/io/statistics_file.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>

#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

static_assert(std::endian::native == std::endian::little, "records are written as they lie in memory");

constexpr std::array<char, 8> kMagic{'a', 'r', 'g', 'e', 'n', 't', 's', 't'};

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = Statistics::kVersion;
  std::uint32_t record_bytes = sizeof(Statistics);
  std::uint64_t count = 0;
};
static_assert(sizeof(Header) == 24);

// What the compiler leaves between members holds whatever was there before: it would make equal records unequal files.
constexpr std::size_t kApplied = offsetof(Statistics, applied);
constexpr std::size_t kEndOfPhases = offsetof(Statistics, phases) + sizeof(Statistics::phases);
constexpr std::size_t kEndOfAperture = kApplied + offsetof(Applied, f_number) + sizeof(Applied::f_number);
constexpr std::size_t kTimestamp = kApplied + offsetof(Applied, timestamp);
static_assert(sizeof(SensorSettings) == 16 && sizeof(Applied) == 64 && kApplied + sizeof(Applied) == sizeof(Statistics));

void write(OutputFile& file, const Statistics& statistics, std::vector<char>& record) {
  std::memcpy(record.data(), &statistics, sizeof statistics);
  std::memset(&record[kEndOfPhases], 0, kApplied - kEndOfPhases);
  std::memset(&record[kEndOfAperture], 0, kTimestamp - kEndOfAperture);
  file.write(record.data(), record.size());
}

void check_range(int value, int min, int max, std::string_view name, const std::string& where) {
  if (value >= min && value <= max) return;
  throw Error(where + ": " + std::string(name) + " is " + std::to_string(value) + ", expected " + std::to_string(min) + " to " +
              std::to_string(max));
}

void check(const Statistics& s, const std::string& where) {
  constexpr int kAny = 1 << 30;
  check_range(s.columns, 1, Statistics::kMaxGrid, "columns", where);
  check_range(s.rows, 1, Statistics::kMaxGrid, "rows", where);
  check_range(s.histogram_step, 1, kAny, "histogram_step", where);
  check_range(s.bands, 0, Statistics::kMaxBands, "bands", where);
  check_range(s.band_rows, s.bands > 0 ? 1 : 0, kAny, "band_rows", where);
  check_range(s.phase_columns, 0, Statistics::kMaxPhaseColumns, "phase_columns", where);
  check_range(s.phase_rows, 0, Statistics::kMaxPhaseRows, "phase_rows", where);
}

void check(const Header& header, std::uint64_t file_bytes, const std::string& source) {
  if (header.magic != kMagic) throw Error(source + ": is not a file of statistics, expected it to begin with \"argentst\"");
  if (header.version != Statistics::kVersion) {
    throw Error(source + ": version " + std::to_string(header.version) + ", expected " + std::to_string(Statistics::kVersion));
  }
  if (header.record_bytes != sizeof(Statistics)) {
    throw Error(source + ": records of " + std::to_string(header.record_bytes) + " bytes, expected " + std::to_string(sizeof(Statistics)));
  }
  const std::uint64_t bytes = file_bytes - sizeof header;
  if (bytes % sizeof(Statistics) != 0 || bytes / sizeof(Statistics) != header.count) {
    throw Error(source + ": " + std::to_string(header.count) + " records of " + std::to_string(sizeof(Statistics)) +
                " bytes do not fit a file of " + std::to_string(file_bytes) + " bytes");
  }
}

}  // namespace

struct StatisticsFile::State {
  State(const std::filesystem::path& path, Overwrite overwrite) : file(path, overwrite) {}
  OutputFile file;
  Header header;
  std::vector<char> record = std::vector<char>(sizeof(Statistics));
};

StatisticsFile::StatisticsFile(const std::filesystem::path& path, Overwrite overwrite) : state_(std::make_unique<State>(path, overwrite)) {
  state_->file.write(&state_->header, sizeof(Header));
  state_->file.check();
}
StatisticsFile::~StatisticsFile() = default;
StatisticsFile::StatisticsFile(StatisticsFile&&) noexcept = default;
StatisticsFile& StatisticsFile::operator=(StatisticsFile&&) noexcept = default;

void StatisticsFile::add(const Statistics& statistics) {
  write(state_->file, statistics, state_->record);
  state_->file.check();
  state_->header.count++;
}

void StatisticsFile::commit() {
  state_->file.seek(0, SEEK_SET);  // now the count is known
  state_->file.write(&state_->header, sizeof(Header));
  state_->file.check();
  state_->file.commit();
}

void save_statistics(const std::vector<Statistics>& frames, const std::filesystem::path& path, Overwrite overwrite) {
  StatisticsFile file(path, overwrite);
  for (const Statistics& statistics : frames) file.add(statistics);
  file.commit();
}

std::vector<Statistics> load_statistics(const std::filesystem::path& path) {
  const std::string source = path.string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) throw Error(source + ": no such file");
  const std::uint64_t file_bytes = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  Header header;
  if (error || !file) throw Error(source + ": cannot be read");
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) {
    throw Error(source + ": " + std::to_string(file_bytes) + " bytes, expected at least " + std::to_string(sizeof header));
  }
  check(header, file_bytes, source);
  std::vector<Statistics> frames(header.count);
  for (std::size_t i = 0; i < frames.size(); i++) {
    if (!file.read(reinterpret_cast<char*>(&frames[i]), sizeof(Statistics))) throw Error(source + ": ends in record " + std::to_string(i));
    check(frames[i], source + ": record " + std::to_string(i));
  }
  return frames;
}

}  // namespace argent
