/** From items of a data set to prompts that a decoder can be fed. */
import { InputError } from '../../shared/errors';
import type { Setting } from '../../shared/vocabulary';
import { gridOf, processImage, resizedSize, type ImageSize, type ProcessedImage } from '../model/imageProcessor';
import type { OpenModel } from '../model/openModel';
import type { EncodedImage, Prompt } from '../model/visionLanguageModel';
import type { DatasetItem } from './dataset';
import { promptText, type PromptStyle } from './prompts';

/** An item in one of its forms. */
export interface Question {
  readonly item: DatasetItem;
  readonly setting: Setting;
}

/**
 * Asks one model. Black images of one grid are all the same to it and go through the vision tower once.
 */
export class Questions {
  private readonly black = new Map<string, EncodedImage>();

  /** @param imageFolder images outside it are refused */
  constructor(
    private readonly opened: OpenModel,
    private readonly style: PromptStyle,
    private readonly imageFolder: string,
  ) {}

  /**
   * @param visionLayerOff a layer of the vision tower that is made identity, for the setting `image`
   * @returns per question its prompt, or what is wrong with it or its image
   */
  async prompts(
    questions: readonly Question[],
    signal?: AbortSignal,
    visionLayerOff?: number,
  ): Promise<(Prompt | InputError)[]> {
    const { model } = this.opened;
    const images = await this.images(questions, signal, visionLayerOff);
    const usable = questions.flatMap((question, i) => {
      const image = images[i];
      if (image instanceof InputError) return [];
      const text = promptText(question.item, question.setting, this.style);
      return [{ i, text, images: image ? [image] : [] }];
    });
    const result = images.map((image) => (image instanceof InputError ? image : null)) as (Prompt | InputError)[];
    if (usable.length === 0) return result;
    const tokens = await model.parts.codec.encode(
      usable.map(({ text, images: own }) => ({ images: own.length, text })),
    );
    const prompts = await model.preparePrompts(
      usable.map(({ images: own }, u) => ({ tokens: tokens[u]!, images: own })),
    );
    usable.forEach(({ i }, u) => (result[i] = prompts[u]!));
    return result;
  }

  /** Each question's image as the model sees it; null for those without one. */
  private async images(
    questions: readonly Question[],
    signal: AbortSignal | undefined,
    visionLayerOff: number | undefined,
  ): Promise<(EncodedImage | InputError | null)[]> {
    const shown = questions.filter(({ setting }) => setting === 'image').map(({ item }) => imageOf(item));
    const hidden = questions.filter(({ setting }) => isBlack(setting)).map(({ item }) => imageOf(item));
    const paths = [...new Set(shown)];
    const { images, preprocessor, model } = this.opened;
    const processed = await images.process(paths, preprocessor, this.imageFolder);
    const readable = paths.flatMap((path, i) => (processed[i] instanceof Error ? [] : [path]));
    const whole = processed.filter((image): image is ProcessedImage => !(image instanceof Error));
    const encoded = whole.length === 0 ? [] : await model.encodeImages(whole, signal, visionLayerOff);
    const broken = paths.flatMap((path, i) => (processed[i] instanceof Error ? [[path, processed[i]] as const] : []));
    const seen = new Map<string, EncodedImage | InputError>([
      ...readable.map((path, i) => [path, encoded[i]!] as const),
      ...broken,
    ]);
    const unseen = await this.blackImages([...new Set(hidden)], signal);
    return questions.map(({ item, setting }) => {
      if (setting === 'text') return null;
      return (setting === 'image' ? seen : unseen).get(imageOf(item))!;
    });
  }

  private async blackImages(paths: readonly string[], signal?: AbortSignal) {
    const { images, preprocessor, model } = this.opened;
    const sizes = paths.length === 0 ? [] : await images.sizes(paths, this.imageFolder);
    const result = new Map<string, EncodedImage | InputError>();
    for (const [i, path] of paths.entries()) {
      const size = sizes[i]!;
      try {
        if (size instanceof Error) throw size;
        const { height, width } = gridOf(size, preprocessor);
        const key = `${height}x${width}`;
        let image = this.black.get(key);
        if (!image) {
          [image] = await model.encodeImages([this.blackImage(size)], signal);
          this.black.set(key, image!);
        }
        result.set(path, image!);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        result.set(path, error);
      }
    }
    return result;
  }

  /** At the size that the model sees: resizing black gives black. */
  private blackImage(size: ImageSize): ProcessedImage {
    const { width, height } = resizedSize(size, this.opened.preprocessor);
    return processImage({ width, height, data: new Uint8Array(width * height * 3) }, this.opened.preprocessor);
  }
}

function isBlack(setting: Setting): boolean {
  return setting === 'black' || setting === 'description';
}

/** Items are planned for settings that they have what it takes for. */
function imageOf({ id, image }: DatasetItem): string {
  if (image === null) throw new Error(`item "${id}" was asked with an image that it does not have`);
  return image;
}
