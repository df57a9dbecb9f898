#include "camera/live/raw_layout.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

std::string refusal(const char* format) {
  try {
    raw_layout(format);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RawLayout, NamesComeBack) {
  for (const char* name : {"SRGGB8", "SGRBG10", "SGBRG12", "SBGGR14", "SRGGB16", "SRGGB10_CSI2P", "SBGGR12_CSI2P", "SGRBG14_CSI2P", "R8",
                           "R10", "R12_CSI2P"}) {
    EXPECT_EQ(format_name(raw_layout(name)), name);
  }
}

TEST(RawLayout, ReadsPatternBitsAndPacking) {
  const RawLayout layout = raw_layout("SGBRG12_CSI2P");
  EXPECT_EQ(layout.cfa, CfaPattern::kGbrg);
  EXPECT_EQ(layout.bits, 12);
  EXPECT_TRUE(layout.packed);
  EXPECT_EQ(raw_layout("R10").cfa, CfaPattern::kMonochrome);
}

TEST(RawLayout, RefusesInWords) {
  EXPECT_NE(refusal("BGGR_PISP_COMP1").find("ask for unpacked"), std::string::npos);
  EXPECT_NE(refusal("SBGGR10_IPU3").find("IPU3"), std::string::npos);
  for (const char* name : {"", "S", "NV12", "YUYV", "SRGGB", "SRGGB9", "SRGGB10X", "SRGGB16_CSI2P", "SRGGB8_CSI2P", "SRGGB0_CSI2P",
                           "RGB888", "R", "SRGGB-10", "SRGGB99999999999"}) {
    EXPECT_NE(refusal(name).find("no RAW that can be read"), std::string::npos) << name;
  }
}

TEST(RawLayout, RowsEndOnAWholeGroup) {
  EXPECT_EQ(row_bytes(raw_layout("SRGGB10_CSI2P"), 640), 800u);
  EXPECT_EQ(row_bytes(raw_layout("SRGGB10_CSI2P"), 641), 805u);
  EXPECT_EQ(row_bytes(raw_layout("SRGGB12_CSI2P"), 3), 6u);
  EXPECT_EQ(row_bytes(raw_layout("SRGGB14_CSI2P"), 4), 7u);
  EXPECT_EQ(row_bytes(raw_layout("SRGGB10"), 640), 1280u);
  EXPECT_EQ(row_bytes(raw_layout("SRGGB8"), 640), 640u);
}

}  // namespace
}  // namespace argent
