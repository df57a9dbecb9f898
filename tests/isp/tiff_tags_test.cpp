#include "isp/io/tiff_tags.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <random>
#include <string>

#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class TiffTagsTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }
  TiffTags open(const std::string& bytes) {
    write_file(path_, bytes, Overwrite::kYes);
    return TiffTags(path_);
  }

 private:
  fs::path path_ = fs::temp_directory_path() / ("argent-tiff-tags-" + std::to_string(::getpid()) + ".tif");
};

enum class Order { kLittle, kBig };

/// A file of words and bytes in that order.
class File {
 public:
  explicit File(Order order) : order_(order) { add(order == Order::kBig ? "MM" : "II").word(42, 2); }
  File& word(std::uint64_t value, int size) {
    for (int i = 0; i < size; i++) bytes_ += static_cast<char>(value >> 8 * (order_ == Order::kBig ? size - 1 - i : i));
    return *this;
  }
  File& field(int tag, int type, std::uint32_t count, std::uint32_t value) {
    return word(static_cast<std::uint64_t>(tag), 2).word(static_cast<std::uint64_t>(type), 2).word(count, 4).word(value, 4);
  }
  File& add(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Order order_;
  std::string bytes_;
};

TEST_F(TiffTagsTest, BothByteOrdersGiveTheSameNumbers) {
  for (const Order order : {Order::kLittle, Order::kBig}) {
    File file(order);
    file.word(8, 4).word(4, 2);
    file.field(256, 4, 1, 640).field(50714, 5, 2, 62).field(271, 2, 4, 0).field(51041, 12, 1, 78).word(0, 4);
    file.word(121, 4).word(2, 4).word(1, 4).word(0, 4).word(0x3ff8000000000000, 8);
    TiffTags tags = open(file.bytes());
    const std::vector<TiffDirectory> directories = tags.pictures();
    ASSERT_EQ(directories.size(), 1U);
    EXPECT_EQ(tags.numbers(*directories[0].find(256)), std::vector<double>{640});
    const std::vector<double> levels = tags.numbers(*directories[0].find(50714));
    ASSERT_EQ(levels.size(), 2U);
    EXPECT_EQ(levels[0], 60.5);
    EXPECT_TRUE(std::isnan(levels[1]));
    EXPECT_EQ(tags.numbers(*directories[0].find(51041)), std::vector<double>{1.5});
    EXPECT_EQ(directories[0].find(257), nullptr);
    EXPECT_TRUE(tags.text(*directories[0].find(271)).empty());
  }
}

TEST_F(TiffTagsTest, DirectoriesAreReadOnceHoweverOftenTheyAreNamed) {
  File file(Order::kLittle);
  file.word(8, 4).word(1, 2).field(330, 4, 1, 26).word(8, 4);  // names itself as the next one
  file.word(1, 2).field(330, 13, 1, 8).word(26, 4);            // and so does its part, which names the first one, too
  TiffTags tags = open(file.bytes());
  EXPECT_EQ(tags.pictures().size(), 2U);
}

TEST_F(TiffTagsTest, WhatPointsOutsideIsNotThere) {
  File file(Order::kLittle);
  file.word(8, 4).word(5, 2);
  file.field(256, 4, 0xffffffff, 8)
      .field(257, 12, 1, 0xfffffff0)
      .field(258, 99, 1, 8)
      .field(259, 3, 0, 0)
      .field(260, 4, 1, 7)
      .word(0xfffffff0, 4);
  TiffTags tags = open(file.bytes());
  const std::vector<TiffDirectory> directories = tags.pictures();
  ASSERT_EQ(directories.size(), 1U);
  ASSERT_EQ(directories[0].fields.size(), 1U);
  EXPECT_EQ(directories[0].fields[0].tag, 260);
}

TEST_F(TiffTagsTest, WhatIsNoTiffIsRefused) {
  for (const char* text : {"", "II", "II\x2b\0\x08\0\0\0 BigTIFF", "a text that is long enough"}) EXPECT_THROW(open(text), Error) << text;
  EXPECT_THROW(open(File(Order::kLittle).word(4000, 4).bytes()).pictures(), Error);
}

TEST_F(TiffTagsTest, AnyBytesAreReadOrRefused) {
  File whole(Order::kLittle);
  whole.word(8, 4).word(3, 2).field(330, 4, 2, 50).field(50714, 5, 1, 50).field(51041, 12, 1, 50).word(8, 4);
  whole.word(8, 4).word(20, 4).word(8, 4).word(20, 4);
  std::mt19937 random(5);
  for (int round = 0; round < 2000; round++) {
    std::string bytes = whole.bytes();
    for (int change = 0; change < 3; change++) bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? 0 : random());
    try {
      TiffTags tags = open(bytes);
      for (const TiffDirectory& directory : tags.pictures()) {
        for (const TiffField& field : directory.fields) {
          tags.numbers(field);
          tags.directory(field);
        }
      }
    } catch (const Error&) {
    }
  }
}

TEST(TiffValue, FractionsAreThoseThatWereMeant) {
  const auto fraction = [](double value) {
    const TiffValue out = tiff_signed_rationals(1, std::vector{value});
    std::array<std::int32_t, 2> words{};
    std::copy(out.bytes.begin(), out.bytes.end(), reinterpret_cast<std::uint8_t*>(words.data()));
    return words;
  };
  EXPECT_EQ(fraction(0.25), (std::array<std::int32_t, 2>{1, 4}));
  EXPECT_EQ(fraction(-60.5), (std::array<std::int32_t, 2>{-121, 2}));
  EXPECT_EQ(fraction(1.0 / 60), (std::array<std::int32_t, 2>{1, 60}));
  EXPECT_EQ(fraction(0), (std::array<std::int32_t, 2>{0, 1}));
  EXPECT_EQ(fraction(16383), (std::array<std::int32_t, 2>{16383, 1}));
  std::mt19937 random(2);
  std::uniform_real_distribution<float> values(-4, 4);
  for (int i = 0; i < 10'000; i++) {
    const float value = values(random);
    const auto [numerator, denominator] = fraction(double(value));
    ASSERT_EQ(static_cast<float>(double(numerator) / denominator), value);
  }
  EXPECT_THROW(fraction(1e12), Error);
  EXPECT_THROW(fraction(NAN), Error);
  EXPECT_THROW(tiff_rationals(1, std::vector{-1.0}), Error);
}

}  // namespace
}  // namespace argent
