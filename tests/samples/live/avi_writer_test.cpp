#include "samples/live/avi_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "models/runtime/error.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

std::uint32_t word_at(const std::string& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

using AviWriterTest = LiveFiles;

TEST_F(AviWriterTest, SizesAndIndexAgreeWithTheBytes) {
  AviWriter writer(file("a.avi"), 85, Overwrite::kNo);
  for (int i = 0; i < 7; i++) writer.write(frame_at(i / 30.0, static_cast<std::uint8_t>(20 * i)));
  EXPECT_FALSE(std::filesystem::exists(file("a.avi")));  // not before it is whole
  writer.finish();
  const std::string avi = bytes_of(file("a.avi"));
  EXPECT_EQ(avi.substr(0, 4), "RIFF");
  EXPECT_EQ(word_at(avi, 4), avi.size() - 8);
  const std::size_t movie = avi.find("movi"), index = avi.find("idx1");
  ASSERT_NE(movie, std::string::npos);
  ASSERT_NE(index, std::string::npos);
  EXPECT_EQ(word_at(avi, movie - 4), index - movie);
  EXPECT_EQ(word_at(avi, index + 4), 7U * 16);
  EXPECT_EQ(index + 8 + 7 * 16, avi.size());
  for (std::size_t i = 0; i < 7; i++) {
    const std::size_t entry = index + 8 + 16 * i, chunk = movie + word_at(avi, entry + 8), size = word_at(avi, entry + 12);
    EXPECT_EQ(avi.substr(chunk, 4), "00dc");
    EXPECT_EQ(word_at(avi, chunk + 4), size);
    EXPECT_EQ(avi.substr(chunk + 8, 2), "\xff\xd8");
    EXPECT_EQ(avi.substr(chunk + 8 + size - 2, 2), "\xff\xd9");
  }
  const std::size_t main = avi.find("avih") + 8, stream = avi.find("strh") + 8;
  EXPECT_EQ(word_at(avi, main + 16), 7U);     // frames
  EXPECT_EQ(word_at(avi, main + 32), 32U);    // width
  EXPECT_EQ(word_at(avi, main + 36), 16U);    // height
  EXPECT_EQ(word_at(avi, stream + 20), 1U);   // scale
  EXPECT_EQ(word_at(avi, stream + 24), 30U);  // rate
  EXPECT_EQ(word_at(avi, stream + 32), 7U);   // length
}

TEST_F(AviWriterTest, AGapIsFilledWithEmptyChunks) {
  AviWriter writer(file("a.avi"), 85, Overwrite::kNo);
  writer.write(frame_at(0));
  writer.write(frame_at(3 / 30.0));
  writer.finish();
  const std::string avi = bytes_of(file("a.avi"));
  const std::size_t index = avi.find("idx1");
  ASSERT_EQ(word_at(avi, index + 4), 4U * 16);
  EXPECT_EQ(word_at(avi, index + 8 + 16 + 12), 0U);
  EXPECT_EQ(word_at(avi, index + 8 + 32 + 12), 0U);
  EXPECT_GT(word_at(avi, index + 8 + 48 + 12), 0U);
}

TEST_F(AviWriterTest, AnotherSizeBeginsAnotherPart) {
  AviWriter writer(file("a.avi"), 85, Overwrite::kNo);
  writer.write(frame_at(0));
  writer.write(frame_at(1 / 30.0, 128, {16, 16}));
  writer.finish();
  EXPECT_TRUE(std::filesystem::exists(file("a.avi")));
  EXPECT_TRUE(std::filesystem::exists(file("a-2.avi")));
}

TEST_F(AviWriterTest, AFullFileSaysSo) {
  AviFile avi(file("a.avi"), {32, 16}, {30, 1}, Overwrite::kNo);
  EXPECT_FALSE(avi.is_full(100'000));
  EXPECT_TRUE(avi.is_full(AviFile::kLargest));
}

TEST_F(AviWriterTest, WhatExistsIsKept) {
  std::ofstream(file("a.avi")) << "mine";
  EXPECT_THROW(AviWriter(file("a.avi"), 85, Overwrite::kNo), Error);
  EXPECT_EQ(bytes_of(file("a.avi")), "mine");
}

}  // namespace
}  // namespace argent
