// tests/samples/live/live_fixture.h - what the tests of argent-live share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "samples/live/sink.h"

namespace argent {

/// A folder of a test's own, gone with it.
class LiveFiles : public ::testing::Test {
 protected:
  LiveFiles() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("argent_live_") + info->test_suite_name() + "_" + info->name() + "_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~LiveFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path folder_;
};

/// A frame that sinks take: a picture of one color, at a time, with a duration of 1/30 s.
inline LiveFrame frame_at(double seconds, std::uint8_t level = 128, Size size = {32, 16}) {
  static BufferPool pool;
  Image picture(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) std::fill_n(picture.row<std::uint8_t>(y), 3 * size.width, level);
  Statistics statistics;
  statistics.applied.timestamp = Microseconds(1e6 * seconds);
  statistics.applied.frame_duration = Microseconds(1e6 / 30);
  LiveFrame frame;
  frame.statistics = std::make_shared<const Statistics>(statistics);
  frame.request = std::make_shared<const Request>();
  frame.decision = std::make_shared<const Decision>();
  frame.picture = std::make_shared<const Image>(std::move(picture));
  return frame;
}

}  // namespace argent
