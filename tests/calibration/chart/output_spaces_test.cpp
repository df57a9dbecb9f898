// The same picture in every color space: what a color management system (lcms2) sees of our numbers and our ICC profiles.
#include <gtest/gtest.h>
#include <lcms2.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "calibration/chart/color_difference.h"
#include "isp/color_space.h"
#include "isp/io/icc_profile.h"
#include "isp/io/raw_file.h"
#include "isp/pipeline.h"

namespace argent {
namespace {

struct Seen {
  std::vector<Lab> colors;
  std::vector<bool> inside;  ///< of the space's gamut: no code at either end
};

/// Every 13th pixel, in CIE L*a*b* of D50.
Seen seen(const RawFrame& frame, ColorSpace space, PixelType type) {
  PipelineParams params;
  params.demosaic.method = "best";
  params.output.color = space;
  params.output.type = type;
  Controls controls;
  controls.colour_gains = frame.capture.as_shot_gains.value();
  controls.colour_temperature = cct_of_gains(frame.sensor.matrices, controls.colour_gains).value().cct;
  const Image image = Pipeline(params).render(frame, controls);

  const std::vector<unsigned char> icc = icc_profile_of(image.info());
  const cmsHPROFILE profile = cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()));
  const cmsHPROFILE lab = cmsCreateLab4Profile(nullptr);
  const cmsUInt32Number format = type == PixelType::kU8 ? TYPE_RGB_8 : TYPE_RGB_16;
  const cmsHTRANSFORM transform = cmsCreateTransform(profile, format, lab, TYPE_Lab_DBL, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
  EXPECT_TRUE(transform);
  Seen out;
  const std::size_t sample = sample_size(type);
  for (int y = 0; y < image.height(); y += 13) {
    for (int x = 0; x < image.width(); x += 13) {
      const std::byte* pixel = image.row<std::byte>(y) + static_cast<std::ptrdiff_t>(3 * static_cast<std::size_t>(x) * sample);
      Lab color;
      cmsDoTransform(transform, pixel, &color, 1);
      out.colors.push_back(color);
      bool inside = true;
      for (std::size_t c = 0; c < 3; c++) {
        const int code = type == PixelType::kU8 ? std::to_integer<int>(pixel[c]) : reinterpret_cast<const std::uint16_t*>(pixel)[c];
        inside &= code > 0 && code < (type == PixelType::kU8 ? 255 : 65535);
      }
      out.inside.push_back(inside);
    }
  }
  cmsDeleteTransform(transform);
  cmsCloseProfile(profile);
  cmsCloseProfile(lab);
  return out;
}

TEST(OutputSpaces, AgreeOnARealPicture) {
  const std::filesystem::path file = "/usr/share/doc/rawtran/IMG_5952.CR2";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is absent (Debian's rawtran-doc)";
  const RawFrame frame = load_raw(file);
  for (const PixelType type : {PixelType::kU16, PixelType::kU8}) {
    const Seen srgb = seen(frame, ColorSpace::kSrgb, type);
    for (const ColorSpace space : {ColorSpace::kDisplayP3, ColorSpace::kRec2020}) {
      const Seen other = seen(frame, space, type);
      double all = 0, inside = 0, worst = 0;
      std::size_t count = 0;
      for (std::size_t i = 0; i < srgb.colors.size(); i++) {
        const double difference = ciede2000(srgb.colors[i], other.colors[i]);
        all += difference;
        if (!srgb.inside[i]) continue;
        inside += difference;
        worst = std::max(worst, difference);
        count++;
      }
      all /= static_cast<double>(srgb.colors.size());
      inside /= static_cast<double>(count);
      std::printf("%s against sRGB, %2zu bits: mean CIEDE2000 %.3f inside sRGB (worst %.2f; %.1f %% of the pixels), %.3f of all\n",
                  std::string(name_of(space)).c_str(), 8 * sample_size(type), inside, worst,
                  100.0 * static_cast<double>(count) / static_cast<double>(srgb.colors.size()), all);
      EXPECT_LT(inside, 0.5);
    }
  }
}

}  // namespace
}  // namespace argent
