#include "isp/io/exr_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include "models/runtime/error.h"
#include "tests/isp/exr_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;
using test::ExrRecipe;
using test::write_exr;

class ExrFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("argent_exr_" + std::to_string(::getpid()) + "_" + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    path_ = folder_ / "p.exr";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string complaint() const {
    try {
      load_exr(path_);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      return error.what();
    }
    return "";
  }

  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  fs::path folder_, path_;
};

float ramp(std::size_t c, int x, int y) { return float(c) * 100 + float(x) + float(y) * 10 - 5; }

TEST_F(ExrFile, ValuesComeAsTheyAre) {
  for (bool half : {false, true}) {
    ExrRecipe recipe;
    recipe.half = half;
    recipe.dwa = false;
    recipe.origin = half ? -7 : 3;
    recipe.channels = {"A", "R", "Z", "G", "B"};
    write_exr(path_, recipe, ramp);
    const Image image = load_exr(path_);
    ASSERT_EQ(image.width(), 8);
    ASSERT_EQ(image.height(), 4);
    EXPECT_EQ(image.encoding(), Encoding::kLinear);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 8; x++) {
        const float* pixel = image.row<float>(y) + 3 * x;
        EXPECT_EQ(pixel[0], ramp(1, x, y));
        EXPECT_EQ(pixel[1], ramp(3, x, y));
        EXPECT_EQ(pixel[2], ramp(4, x, y));
      }
    }
  }
}

TEST_F(ExrFile, WhatIsNotFiniteIsTheCallersToJudge) {
  ExrRecipe recipe;
  recipe.dwa = false;
  write_exr(path_, recipe, [](std::size_t c, int, int) { return c == 0 ? NAN : std::numeric_limits<float>::infinity(); });
  const Image image = load_exr(path_);
  EXPECT_TRUE(std::isnan(image.row<float>(0)[0]));
  EXPECT_TRUE(std::isinf(image.row<float>(3)[1]));
}

TEST_F(ExrFile, ReadsTheCompressionOfPanoramas) {
  ExrRecipe recipe;
  recipe.width = 300;  // more than a block of lines
  recipe.height = 290;
  write_exr(path_, recipe, [](std::size_t c, int x, int y) { return 2 + std::sin(0.03f * float(x + y)) + float(c); });
  const Image image = load_exr(path_);
  for (int y = 0; y < 290; y += 7) {
    for (int x = 0; x < 300; x += 7) EXPECT_NEAR(image.row<float>(y)[3 * x + 2], 4 + std::sin(0.03f * float(x + y)), 0.1) << x << " " << y;
  }
}

TEST_F(ExrFile, SaysWhatItCannotRead) {
  ExrRecipe recipe;
  recipe.channels = {"R", "G"};
  write_exr(path_, recipe, ramp);
  EXPECT_NE(complaint().find("no channel B"), std::string::npos);
  recipe = {};
  recipe.tiled = true;
  write_exr(path_, recipe, ramp);
  EXPECT_NE(complaint().find("tiled"), std::string::npos);
  recipe = {};
  recipe.primaries = {0.7347f, 0.2653f, 0, 1, 0.0001f, -0.077f, 0.32168f, 0.33767f};  // ACES
  write_exr(path_, recipe, ramp);
  EXPECT_NE(complaint().find("Rec. 709"), std::string::npos);
  recipe.primaries = {0.64f, 0.33f, 0.3f, 0.6f, 0.15f, 0.06f, 0.3127f, 0.329f};
  write_exr(path_, recipe, ramp);
  EXPECT_EQ(complaint(), "");
  recipe.channels = {"R", "G", "B"};
  while (recipe.channels.size() < 64) recipe.channels.push_back("x" + std::to_string(recipe.channels.size()));
  write_exr(path_, recipe, ramp);
  EXPECT_EQ(complaint(), "");
  recipe.channels.emplace_back("one more");
  write_exr(path_, recipe, ramp);
  EXPECT_EQ(complaint(), path_.string() + ": has 65 channels, expected at most 64");
  put("no picture");
  EXPECT_NE(complaint().find("OpenEXR"), std::string::npos);
  fs::remove(path_);
  EXPECT_NE(complaint().find("no such file"), std::string::npos);
  fs::create_directory(path_);
  EXPECT_NE(complaint().find("not a file"), std::string::npos);
}

TEST_F(ExrFile, ALyingSizeTakesNoMemory) {
  write_exr(path_, {}, ramp);
  const std::string whole = bytes();
  const std::size_t at = whole.find("dataWindow") + std::strlen("dataWindow") + 1 + std::strlen("box2i") + 1 + 4;
  struct Lie {
    std::int32_t right, bottom;
    const char* complaint;
  };
  for (const auto& [right, bottom, expected] : {Lie{30'000, 3, "damaged"},
                                                {1'000'000, 3, "1000001x4 pixels cannot be in "},
                                                {100'000'000, 3, "100000001x4 pixels are more than"},
                                                {2'000'000'000, 2'000'000'000, "OpenEXR"},
                                                {-1, 3, "OpenEXR"}}) {
    std::string lie = whole;
    const std::array<std::int32_t, 2> corner{right, bottom};
    std::memcpy(lie.data() + at + 8, corner.data(), sizeof corner);
    put(lie);
    EXPECT_NE(complaint().find(expected), std::string::npos) << right << ": " << complaint();
  }
}

TEST_F(ExrFile, BrokenFilesAreErrors) {
  ExrRecipe recipe;
  recipe.width = 64;
  recipe.height = 32;
  write_exr(path_, recipe, ramp);
  const std::string whole = bytes();
  for (std::size_t length = 0; length + 1 < whole.size(); length += 13) {
    put(whole.substr(0, length));
    const std::string found = complaint();
    const bool known = found.find("is not an OpenEXR file that can be read") != std::string::npos ||
                       found.find("is damaged or breaks off") != std::string::npos || found.find("cannot be in") != std::string::npos;
    EXPECT_TRUE(known) << length << ": " << found;
  }
  std::uint32_t state = 1;  // any answer but a crash
  for (int i = 0; i < 500; i++) {
    std::string damaged = whole;
    for (int k = 0; k < 3; k++) {
      state = state * 1664525 + 1013904223;
      damaged[(state >> 8) % whole.size()] = static_cast<char>(state & 0xff);
    }
    put(damaged);
    complaint();
  }
}

}  // namespace
}  // namespace argent
