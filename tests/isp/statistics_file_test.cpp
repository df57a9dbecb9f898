#include "isp/io/statistics_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class StatisticsFiles : public testing::Test {
 protected:
  StatisticsFiles() { fs::create_directories(folder); }
  ~StatisticsFiles() override { fs::remove_all(folder); }

  static std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
  std::string error_of_load() const {
    try {
      load_statistics(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  fs::path folder = fs::temp_directory_path() / ("argent_statistics_file_test_" + std::to_string(::getpid()));
  fs::path path = folder / "a.stats";
};

void fill(Statistics& s, int seed) {
  s.columns = 16;
  s.rows = 12;
  for (int i = 0; i < 16 * 12; i++) {
    s.zones[static_cast<std::size_t>(i)].mean = {0.1f * static_cast<float>(i), 0.5f, static_cast<float>(seed)};
    s.zones[static_cast<std::size_t>(i)].unclipped_count = {1, 2, static_cast<std::uint32_t>(i)};
  }
  s.luma[1023] = 77;
  s.channels[2][5] = static_cast<std::uint32_t>(seed);
  s.luma_gains = {2, 1, 1.5f};
  s.histogram_step = 4;
  s.bands = 3;
  s.band_rows = 8;
  s.row_means[2] = 0.25f;
  s.phase_columns = 16;
  s.phase_rows = 12;
  s.phases[3] = {-1.5f, 0.75f};
  s.applied.settings = {Microseconds(12345.678), 3.5f, 0.2f};
  s.applied.f_number = 2.8f;
  s.applied.timestamp = Microseconds(1e12);
  s.applied.sequence = 1ULL << 40;
}

TEST_F(StatisticsFiles, ReadsBackEqual) {
  std::vector<Statistics> frames(3);
  for (int i = 0; i < 3; i++) fill(frames[static_cast<std::size_t>(i)], i + 1);
  save_statistics(frames, path);
  EXPECT_EQ(fs::file_size(path), 24 + 3 * sizeof(Statistics));
  EXPECT_EQ(bytes_of(path).substr(0, 8), "argentst");
  const std::vector<Statistics> loaded = load_statistics(path);
  ASSERT_EQ(loaded.size(), 3U);
  EXPECT_EQ(loaded[2].zones[100].mean, frames[2].zones[100].mean);
  EXPECT_EQ(loaded[1].zones[50].unclipped_count, frames[1].zones[50].unclipped_count);
  EXPECT_EQ(loaded[0].channels, frames[0].channels);
  EXPECT_EQ(loaded[1].channels[2][5], 2U);
  EXPECT_EQ(loaded[2].phases[3].disparity, -1.5f);
  EXPECT_EQ(loaded[2].applied.settings.exposure.count(), 12345.678);
  EXPECT_EQ(loaded[2].applied.f_number, 2.8f);
  EXPECT_EQ(loaded[2].applied.sequence, 1ULL << 40);
  save_statistics(loaded, folder / "b.stats");
  EXPECT_EQ(bytes_of(folder / "b.stats"), bytes_of(path));
}

TEST_F(StatisticsFiles, NothingIsAFileToo) {
  save_statistics({}, path);
  EXPECT_EQ(fs::file_size(path), 24U);
  EXPECT_TRUE(load_statistics(path).empty());
}

TEST_F(StatisticsFiles, WithoutACommitNothingStays) {
  {
    StatisticsFile file(path);
    file.add(Statistics{});
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_TRUE(fs::is_empty(folder));
  StatisticsFile file(path);
  for (int i = 0; i < 3; i++) file.add(Statistics{});
  file.commit();
  EXPECT_EQ(load_statistics(path).size(), 3U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(StatisticsFiles, EqualRecordsAreEqualFiles) {
  const auto save_over = [&](int garbage, const fs::path& file) {
    alignas(Statistics) static std::byte memory[sizeof(Statistics)];
    std::memset(memory, garbage, sizeof memory);
    auto* statistics = new (memory) Statistics;
    fill(*statistics, 1);
    save_statistics({*statistics}, file);
  };
  save_over(0xff, path);
  save_over(0x55, folder / "b.stats");
  EXPECT_EQ(bytes_of(folder / "b.stats"), bytes_of(path));
}

TEST_F(StatisticsFiles, TruncatedAndLyingFilesAreErrors) {
  save_statistics(std::vector<Statistics>(2), path);
  const std::string good = bytes_of(path);
  EXPECT_EQ(error_of_load(), "no error");

  for (std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{23}, std::size_t{24}, good.size() - 1, good.size() + 1}) {
    std::string bad = good;
    bad.resize(size);
    write(bad);
    EXPECT_EQ(error_of_load().rfind(path.string() + ": ", 0), 0U) << size << ": " << error_of_load();
  }
  const auto error_with = [&](std::size_t offset, const auto& value) {
    std::string bad = good;
    std::memcpy(&bad[offset], &value, sizeof value);
    write(bad);
    return error_of_load().substr(path.string().size() + 2);
  };
  EXPECT_EQ(error_with(0, 'A'), "is not a file of statistics, expected it to begin with \"argentst\"");
  EXPECT_EQ(error_with(8, 1), "version 1, expected 2");
  EXPECT_EQ(error_with(12, 100), "records of 100 bytes, expected " + std::to_string(sizeof(Statistics)));
  EXPECT_NE(error_with(16, std::uint64_t{1} << 60).find("do not fit"), std::string::npos);
  EXPECT_NE(error_with(16, std::uint64_t{3}).find("do not fit"), std::string::npos);
  const std::size_t second = 24 + sizeof(Statistics);
  EXPECT_EQ(error_with(second + offsetof(Statistics, columns), 33), "record 1: columns is 33, expected 1 to 32");
  EXPECT_EQ(error_with(second + offsetof(Statistics, rows), 0), "record 1: rows is 0, expected 1 to 32");
  EXPECT_EQ(error_with(24 + offsetof(Statistics, bands), 1025), "record 0: bands is 1025, expected 0 to 1024");
  EXPECT_EQ(error_with(24 + offsetof(Statistics, bands), -1), "record 0: bands is -1, expected 0 to 1024");
  EXPECT_EQ(error_with(24 + offsetof(Statistics, phase_columns), 17), "record 0: phase_columns is 17, expected 0 to 16");
  EXPECT_EQ(error_with(24 + offsetof(Statistics, phase_rows), 13), "record 0: phase_rows is 13, expected 0 to 12");
  EXPECT_EQ(error_with(24 + offsetof(Statistics, histogram_step), 0).substr(0, 32), "record 0: histogram_step is 0, e");
}

TEST_F(StatisticsFiles, AFileThatExistsIsKeptUnlessToldOtherwise) {
  save_statistics(std::vector<Statistics>(1), path);
  const std::string before = bytes_of(path);
  try {
    save_statistics(std::vector<Statistics>(2), path);
    ADD_FAILURE() << "replaced without being told";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), path.string() + ": exists already and is not to be overwritten");
  }
  EXPECT_EQ(bytes_of(path), before);
  save_statistics(std::vector<Statistics>(2), path, Overwrite::kYes);
  EXPECT_EQ(load_statistics(path).size(), 2U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(StatisticsFiles, MissingFilesAndFoldersAreErrors) {
  EXPECT_EQ(error_of_load(), path.string() + ": no such file");
  EXPECT_THROW(load_statistics(folder), Error);
  EXPECT_THROW(save_statistics({}, folder), Error);
  EXPECT_THROW(save_statistics({}, folder / "missing" / "a.stats"), Error);
  EXPECT_TRUE(fs::is_empty(folder));
}

}  // namespace
}  // namespace argent
