#include "isp/io/y4m_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// Smooth colors: what 4:2:0 keeps of them is exact but for rounding.
Image smooth_picture(BufferPool& pool, Size size) {
  Image out(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * 3; i++) {
      const double wave = 128 + 90 * std::sin(0.02 * (i / 3) + 2 * (i % 3)) * std::cos(0.03 * y - i % 3);
      out.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(std::lround(wave));
    }
  }
  return out;
}

Y4mWriter::Output into(std::string& text) {
  return [&text](const void* bytes, std::size_t size) { text.append(static_cast<const char*>(bytes), size); };
}

TEST(Y4mWriter, WritesHeaderAndPlanes) {
  BufferPool pool;
  YuvImage frame(pool, {4, 2}, {YuvMatrix::kBt601, YuvRange::kFull});
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 4; x++) frame.luma(y)[x] = static_cast<std::uint8_t>('a' + 4 * y + x);
  }
  for (int x = 0; x < 4; x++) frame.chroma(0)[x] = static_cast<std::uint8_t>('A' + x);
  std::string out;
  Y4mWriter writer(into(out), {4, 2}, {30000, 1001}, frame.format());
  writer.write(frame);
  writer.write(frame);
  EXPECT_EQ(out,
            "YUV4MPEG2 W4 H2 F30000:1001 Ip C420jpeg XCOLORRANGE=FULL XBT601\n"
            "FRAME\nabcdefghACBDFRAME\nabcdefghACBD");
}

TEST(Y4mWriter, RefusesWhatDoesNotFit) {
  BufferPool pool;
  std::string out;
  EXPECT_THROW(Y4mWriter(into(out), {3, 2}, {}), Error);
  EXPECT_THROW(Y4mWriter(into(out), {4, 2}, {0, 1}), Error);
  Y4mWriter writer(into(out), {4, 2}, {});
  EXPECT_THROW(writer.write(YuvImage(pool, {4, 4}, {})), Error);
  EXPECT_THROW(writer.write(YuvImage(pool, {4, 2}, {YuvMatrix::kBt601, YuvRange::kLimited})), Error);
}

TEST(Y4mWriter, FfmpegSeesTheSamePicture) {
  if (std::system("ffmpeg -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "ffmpeg is not installed";
  const Pipeline pipeline({});
  const Size size{322, 242};
  const Image picture = smooth_picture(pipeline.pool(), size);
  const fs::path folder = fs::path(testing::TempDir()) / ("argent_y4m_" + std::to_string(getpid()));
  fs::create_directories(folder);
  for (YuvMatrix matrix : {YuvMatrix::kBt709, YuvMatrix::kBt601, YuvMatrix::kBt2020}) {
    for (YuvRange range : {YuvRange::kLimited, YuvRange::kFull}) {
      const YuvFormat format{matrix, range};
      {
        std::string y4m;
        Y4mWriter writer(into(y4m), size, {25, 1}, format);
        writer.write(pipeline.to_yuv(picture, format));
        std::ofstream(folder / "a.y4m", std::ios::binary) << y4m;
      }
      // The range is read from the header, the matrix is told.
      const std::string command = "ffmpeg -v error -y -i '" + (folder / "a.y4m").string() + "' -vf scale=in_color_matrix=" +
                                  (matrix == YuvMatrix::kBt709   ? "bt709"
                                   : matrix == YuvMatrix::kBt601 ? "bt601"
                                                                 : "bt2020") +
                                  ":flags=accurate_rnd+full_chroma_int+bilinear -pix_fmt rgb24 -f rawvideo '" +
                                  (folder / "a.rgb").string() + "'";
      ASSERT_EQ(std::system(command.c_str()), 0) << command;
      std::ifstream decoded(folder / "a.rgb", std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(decoded), {}};
      ASSERT_EQ(bytes.size(), static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3);
      int most = 0;
      double sum = 0;
      for (int y = 2; y < size.height - 2; y++) {
        for (int i = 6; i < size.width * 3 - 6; i++) {
          const int found = static_cast<unsigned char>(bytes[static_cast<std::size_t>(y * size.width * 3 + i)]);
          const int difference = found - picture.row<std::uint8_t>(y)[i];
          most = std::max(most, std::abs(difference));
          sum += difference;
        }
      }
      // Half a code of each of Y, Cb, Cr, times up to 2.14 (BT.2020), and of the result.
      EXPECT_LE(most, matrix == YuvMatrix::kBt2020 ? 4 : 3);
      EXPECT_NEAR(sum / (size.width * size.height * 3), 0, 0.25);
    }
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace argent
