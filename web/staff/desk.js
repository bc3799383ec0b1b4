// What every section of the front desk's page shares: who it is, how it says times and names, how one leads to another.

import { words } from '../lib/i18n.js';
import { t } from '../ui/page.js';
import { clinicTimes } from './when.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {{ kind: 'practitioner' | 'type' | 'link', id: string }} Setting `id`: of the practitioner or type, or the external name to link */

export class Desk {
  /** @param {import('../lib/api.js').Api} api @param {import('../lib/shown.js').Clinic} clinic */
  constructor(api, clinic) {
    this.api = api;
    this.clinic = clinic;
    this.times = clinicTimes(clinic.time_zone);
    /** Sections that show appointments, and load anew after an act. @type {(() => void)[]} */
    this.lists = [];
    /** Set by the page once all sections are there. @type {(setting: Setting) => void} */
    this.openSetting = () => {};
    /** A setting was put right: what follows from it is watched. @type {() => void} */
    this.watchHealing = () => {};
  }

  /** Something was done: whatever shows appointments looks again. */
  changed() {
    for (const list of this.lists) list();
  }

  /** @param {Appointment} appointment */
  practitionerOf({ practitioner, practitioner_name: name }) {
    return words(name ?? practitioner);
  }

  /** @param {Appointment} appointment */
  patientOf({ patient, patient_name: name }) {
    return words(name ?? patient);
  }

  /** A person on an appointment, by name where there is one. @param {string} person @param {string | null} name @returns {Text} */
  personOf(person, name) {
    return name === null ? roleOf(person) : words(name);
  }
}

/** @param {string} person `patient`, `practitioner` or `guest:<id>` @returns {Text} */
export function roleOf(person) {
  if (person === 'patient') return t('people.patient');
  return person === 'practitioner' ? t('people.practitioner') : t('people.guest');
}
