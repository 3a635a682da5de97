/** Plain English nouns of three to six letters, each once. */
export const plainWords: readonly string[] = `
  acorn actor amber angel ankle apple arrow attic bacon badge baker banjo barn basil beach bean bear beard bell
  belt bench berry bike bird blade board boat bone book boot bottle bowl box brain bread brick bridge broom
  brush bucket bull bush butter button cabin cactus cake camel camera camp candle cane canoe cape card carpet
  carrot cart castle cave chain chair chalk cheese chef cherry chess chick chin circus city clay cliff clock
  cloud clown coach coast coat coin comb comet cookie copper coral corn cotton couch cow crab crane crow crown
  cube cup daisy dance deer desk dish dock doctor doll donkey door dragon dress drum duck dust eagle ear earth
  easel egg elbow engine face fairy falcon farm feast fence fern field fig film finger fish flag flame flute
  foam fog forest fork fox frame frog fruit garden garlic gate ghost giant ginger glass globe glove goat gold
  goose grape grass guitar hammer hand harbor harp hat hawk heart hedge helmet hen hill honey hook horn horse
  hotel house ice idol inch ink iron island ivory jacket jar jelly jewel judge juice jungle kettle key king kite
  kitten knee knight knot ladder lake lamb lamp leaf lemon letter lily lime lion lizard lock log magnet map
  maple marble market mask meadow medal melon mill mint mirror monkey moon moss mouse mud museum nail napkin
  needle nest net night north nose nurse nut oak ocean olive onion orange orbit otter oven owl paint palace
  panda paper parrot peach peanut pear pebble pencil pepper piano pig pillow pilot pin pipe pizza planet plant
  plate plum pocket pond pony poppy potato prince puppet purse quail queen quilt rabbit radio raft rain ranch
  raven ribbon rice ring river road robin robot rocket roof root rope rose ruby saddle salad salt sand scarf
  school seed shark sheep shelf shell ship shirt shoe silk silver sink skate sky snail snake snow soap sock sofa
  soup spear spider spoon squid stamp star steam stone stove straw sugar sun swan sword table tail tank taxi tea
  temple tent thumb tiger toast tomato tooth torch towel tower town toy track train tree truck tulip tunnel
  turtle uncle valley vase velvet violin wagon wall walnut water whale wheat wheel whip willow window wing
  winter wolf wood wool yacht yard yarn zebra zipper
`
  .trim()
  .split(/\s+/);
