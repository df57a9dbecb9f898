#include "isp/color_space.h"

#include <gtest/gtest.h>
#include <lcms2.h>

#include <cmath>
#include <memory>

#include "isp/io/icc_profile.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array kEncoded{ColorSpace::kSrgb, ColorSpace::kDisplayP3, ColorSpace::kRec2020, ColorSpace::kRec2100Pq};

TEST(ColorSpaces, MatricesFollowFromThePrimaries) {
  const Mat3 srgb = rgb_to_xyz(primaries_of(ColorSpace::kSrgb), kD65);
  for (std::size_t i = 0; i < 9; i++) EXPECT_NEAR(srgb[i], kSrgbToXyz[i], 1e-6);
  // BT.2020-2, table 4: luminance.
  const Mat3 rec2020 = rgb_to_xyz(primaries_of(ColorSpace::kRec2020), kD65);
  EXPECT_NEAR(rec2020[3], 0.2627, 5e-5);
  EXPECT_NEAR(rec2020[4], 0.6780, 5e-5);
  EXPECT_NEAR(rec2020[5], 0.0593, 5e-5);
  // BT.2087-0, 3.2: BT.709 to BT.2020.
  const Mat3 m = srgb_to(ColorSpace::kRec2020);
  const Mat3 printed{0.6274f, 0.3293f, 0.0433f, 0.0691f, 0.9195f, 0.0114f, 0.0164f, 0.0880f, 0.8956f};
  for (std::size_t i = 0; i < 9; i++) EXPECT_NEAR(m[i], printed[i], 6e-5);
  EXPECT_EQ(srgb_to(ColorSpace::kCamera), kIdentity3);
  EXPECT_THROW(primaries_of(ColorSpace::kCamera), Error);
  EXPECT_THROW(rgb_to_xyz({{0.3f, 0.3f}, {0.4f, 0.4f}, {0.5f, 0.5f}}, kD65), Error);
}

TEST(ColorSpaces, ProPhotoHoldsWhiteAndComesBack) {
  const Vec3 white = multiply(srgb_to_pro_photo(), Vec3{1, 1, 1});
  for (float v : white) EXPECT_NEAR(v, 1, 1e-6);
  const Mat3 round = multiply(srgb_to_pro_photo(), pro_photo_to_srgb());
  for (std::size_t i = 0; i < 9; i++) EXPECT_NEAR(round[i], kIdentity3[i], 1e-6);
  // ISO 22028-2, table 3: XYZ of D50 to ROMM RGB.
  const Mat3 printed{1.3460f, -0.2556f, -0.0511f, -0.5446f, 1.5082f, 0.0205f, 0, 0, 1.2123f};
  const Mat3 m = xyz_d50_to_pro_photo();
  for (std::size_t i = 0; i < 9; i++) EXPECT_NEAR(m[i], printed[i], 1.2e-3) << i;
}

TEST(ColorSpaces, TransferFunctionsAreTheStandards) {
  EXPECT_NEAR(encoded(ColorSpace::kSrgb, 0.18), 0.46136, 1e-5);
  EXPECT_NEAR(encoded(ColorSpace::kDisplayP3, 0.18), 0.46136, 1e-5);
  EXPECT_NEAR(encoded(ColorSpace::kRec2020, 0.18), 0.46136, 1e-5);
  // BT.2408-7, table 1: 203 cd/m2 are 58 %, 1000 are 75 %.
  EXPECT_NEAR(encoded(ColorSpace::kRec2100Pq, kPqWhite / kPqPeak), 0.5807, 1e-4);
  EXPECT_NEAR(encoded(ColorSpace::kRec2100Pq, 1), 0.7518, 1e-4);
  for (const ColorSpace space : kEncoded) {
    for (int i = 0; i <= 1000; i++) {
      const double light = i / 1000.0;
      EXPECT_NEAR(decoded(space, encoded(space, light)), light, 1e-6) << name_of(space) << " " << light;
    }
  }
}

TEST(ColorSpaces, NamesThereAndBack) {
  for (const ColorSpace space : kColorSpaces) EXPECT_EQ(color_space_from_name(name_of(space)), space);
  EXPECT_FALSE(color_space_from_name("adobe"));
}

/// What lcms2 makes of a code by our profile: XYZ of D50.
std::array<double, 3> xyz_by_profile(ColorSpace space, std::array<double, 3> code) {
  const std::vector<unsigned char> bytes = icc_profile_of(space);
  const std::unique_ptr<void, decltype(&cmsCloseProfile)> profile(
      cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())), &cmsCloseProfile);
  const std::unique_ptr<void, decltype(&cmsCloseProfile)> xyz(cmsCreateXYZProfile(), &cmsCloseProfile);
  EXPECT_TRUE(profile);
  const cmsHTRANSFORM transform =
      cmsCreateTransform(profile.get(), TYPE_RGB_DBL, xyz.get(), TYPE_XYZ_DBL, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
  std::array<double, 3> out{};
  cmsDoTransform(transform, code.data(), out.data(), 1);
  cmsDeleteTransform(transform);
  return out;
}

TEST(ColorSpaces, ProfilesSayWhatWeDo) {
  for (const ColorSpace space : kEncoded) {
    EXPECT_EQ(icc_profile_of(space), icc_profile_of(space)) << "the same bytes each time";
    const Mat3 to_d50 = multiply(bradford(kD65, kD50), rgb_to_xyz(primaries_of(space), kD65));
    for (const auto& code :
         {std::array{1.0, 1.0, 1.0}, std::array{0.5, 0.2, 0.1}, std::array{0.0, 0.55, 0.0}, std::array{0.02, 0.01, 0.4}}) {
      Vec3 light{};
      const bool pq = space == ColorSpace::kRec2100Pq;
      for (std::size_t i = 0; i < 3; i++) {
        light[i] = static_cast<float>(std::min(1.0, decoded(space, code[i]) * (pq ? kPqPeak / kPqWhite : 1)));
      }
      const Vec3 wanted = multiply(to_d50, light);
      const std::array<double, 3> got = xyz_by_profile(space, code);
      for (std::size_t i = 0; i < 3; i++) EXPECT_NEAR(got[i], wanted[i], 4e-4) << name_of(space) << " " << i;
    }
  }
  EXPECT_TRUE(icc_profile_of(ColorSpace::kCamera).empty());
}

}  // namespace
}  // namespace argent
